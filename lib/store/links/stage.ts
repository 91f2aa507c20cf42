import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { LinkChange } from '#lib/model/link.ts'
import type { AgendaEntry, Person } from '#lib/model/person.ts'
import { type Session, speaker } from '#lib/model/session.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import { type Changeset, isThere } from './changeset.ts'

/**
 * Stages one change on both sides; what is so already is left alone. Where a side is not there, a link that ends is
 * cleared from the other, and one that begins is a conflict: whoever reads again finds out what is missing.
 */
export function stage(changeset: Changeset, { link, added }: LinkChange): void {
  if (added && !isThere(changeset, link)) throw new VersionConflict()
  const session = link.kind === 'member' ? undefined : changeset.sessions.get(link.session)?.after
  if (link.kind === 'track') {
    if (session) session.trackIds = withOrWithout(session.trackIds, link.track, added)
    return
  }
  const person = changeset.people.get(link.person)?.after
  if (link.kind === 'role' && session) stageHolder(changeset, session, link, added)
  if (!person) return
  if (link.kind === 'member') stageMember(person, link.group, added)
  else if (link.kind === 'attends') stageAttends(person, link.session, added)
  else if (link.kind === 'waits') stageWaits(person, link.session, added)
  else stageRole(changeset, person, link, added)
}

function stageMember(person: Person, group: string, added: boolean): void {
  const others = [...(person.groupIds ?? [])].filter((one) => one !== group)
  person.groupIds = new Set(added ? [...others, group] : others)
}

/** The place is known when the line has been read (seats.ts). */
function stageWaits(person: Person, session: string, added: boolean): void {
  const { [session]: place, ...others } = person.waits ?? {}
  if ((place !== undefined) === added) return
  const waits = added ? { ...others, [session]: 0 } : others
  if (Object.keys(waits).length > 0) person.waits = waits
  else delete person.waits
}

/** Whoever attends no longer is ready for no round either. */
function stageAttends(person: Person, session: string, added: boolean): void {
  const { ready: _, ...entry } = person.agenda[session] ?? nothing
  if (entry.attends !== added) setEntry(person, session, { ...entry, attends: added })
  if (added) stageWaits(person, session, false)
}

/** Who has the Speaker role somewhere is in the built-in group. */
function stageRole(
  { scope }: Changeset,
  person: Person,
  { session, role }: { session: string; role: string },
  added: boolean,
): void {
  const entry = person.agenda[session] ?? nothing
  if (entry.roles.includes(role) !== added) {
    const others = entry.roles.filter((one) => one !== role)
    const roles = added ? [...others, role].sort().reverse() : others
    setEntry(person, session, { ...entry, roles })
  }
  if (role === speaker) stageMember(person, scope.speakersGroup, holdsSomewhere(person, role))
}

function stageHolder(
  { job }: Changeset,
  session: Session,
  { person, role }: { person: string; role: string },
  added: boolean,
): void {
  const people = session.roles[role] ?? []
  if (people.includes(person) === added) return
  const all = Object.values(session.roles).reduce((sum, { length }) => sum + length, 0)
  const isFull = added && all >= limits.sessionRolePeople.value
  if (isFull && !job) throw new ApiError('too_many_objects')
  session.roles[role] = withOrWithout(people, person, added)
}

const nothing: AgendaEntry = { attends: false, roles: [] }

function setEntry(person: Person, session: string, entry: AgendaEntry): void {
  if (entry.attends || entry.roles.length > 0) person.agenda[session] = entry
  else delete person.agenda[session]
}

const withOrWithout = (list: string[], one: string, added: boolean): string[] => {
  if (list.includes(one) === added) return list
  return added ? [...list, one] : list.filter((other) => other !== one)
}

const holdsSomewhere = (person: Person, role: string): boolean =>
  Object.values(person.agenda).some(({ roles }) => roles.includes(role))
