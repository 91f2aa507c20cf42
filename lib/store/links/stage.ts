import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { AgendaEntry, Person } from '#lib/model/person.ts'
import { type Session, speaker, startOf } from '#lib/model/session.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove } from '#lib/table/transact.ts'
import { type Changeset, isThere, type LinkChange } from './changeset.ts'

/**
 * Stages one change on both sides; what is so already is left alone. Where a side is not there, a link that ends
 * is cleared from the other, and one that begins makes the work in conflict.
 */
export function stage(work: Changeset, { link, added }: LinkChange): void {
  if (added && !isThere(work, link)) throw new VersionConflict()
  const session = link.kind === 'member' ? undefined : work.sessions.get(link.session)?.after
  if (link.kind === 'track') {
    if (session) stageTrack(work, session, link.track, added)
    return
  }
  const person = work.people.get(link.person)?.after
  if (!person) return
  if (link.kind === 'member') stageMember(work, person, link.group, added)
  else if (link.kind === 'attends') stageAttends(work, person, link.session, session, added)
  else stageRole(work, person, link, session, added)
}

function stageMember(work: Changeset, person: Person, group: string, added: boolean): void {
  const groups = new Set(person.groupIds)
  if (groups.has(group) === added) return
  if (added) groups.add(group)
  else groups.delete(group)
  person.groupIds = groups
  const key = keys.member(work.scope, group, person.id)
  const lives = work.living.has(group)
  pushRow(work, key, { at: now() }, added, !lives)
  if (lives) counting(work, sets.members(work.scope, group), person.id, added)
}

function stageAttends(
  work: Changeset,
  person: Person,
  id: string,
  session: Session | undefined,
  added: boolean,
): void {
  const entry = person.agenda[id] ?? nothing
  if (entry.attends === added) return
  setEntry(person, id, { ...entry, attends: added })
  if (!session) return
  pushRow(work, keys.attendee(work.scope, id, person.id), { at: now() }, added)
  counting(work, sets.attendees(work.scope, id), person.id, added, session.capacity !== undefined)
}

function stageRole(
  work: Changeset,
  person: Person,
  { session: id, role }: { session: string; role: string },
  session: Session | undefined,
  added: boolean,
): void {
  const had = holdsSomewhere(person, role)
  const entry = person.agenda[id] ?? nothing
  if (entry.roles.includes(role) !== added) {
    const others = entry.roles.filter((one) => one !== role)
    setEntry(person, id, { ...entry, roles: added ? [...others, role].sort().reverse() : others })
  }
  if (session) stageHolder(work, session, person.id, role, added)
  const has = holdsSomewhere(person, role)
  if (role === speaker) stageMember(work, person, work.speakersGroup, has)
  else if (had !== has) pushRow(work, keys.roleHolder(work.scope, role, person.id), {}, has)
}

function stageHolder(
  { judged }: Changeset,
  session: Session,
  person: string,
  role: string,
  added: boolean,
): void {
  const people = session.roles[role] ?? []
  if (people.includes(person) === added) return
  const all = Object.values(session.roles).reduce((sum, { length }) => sum + length, 0)
  const full = added && all >= limits.sessionRolePeople.value
  if (full && !judged) throw new ApiError('too_many_objects')
  session.roles[role] = added ? [...people, person] : people.filter((one) => one !== person)
}

function stageTrack(work: Changeset, session: Session, track: string, added: boolean): void {
  if (session.trackIds.includes(track) === added) return
  const others = session.trackIds.filter((one) => one !== track)
  session.trackIds = added ? [...others, track] : others
  const key = keys.trackSession(work.scope, track, session.id)
  const lives = work.living.has(track)
  pushRow(work, key, { at: startOf(session) }, added, !lives)
  if (lives) counting(work, sets.trackSessions(work.scope, track), session.id, added)
}

const nothing: AgendaEntry = { attends: false, roles: [] }

function setEntry(person: Person, session: string, entry: AgendaEntry): void {
  if (entry.attends || entry.roles.length > 0) person.agenda[session] = entry
  else delete person.agenda[session]
}

const holdsSomewhere = (person: Person, role: string): boolean =>
  Object.values(person.agenda).some(({ roles }) => roles.includes(role))

/** Puts or removes a row of the other side; with `isLast` nobody counts it any more and it may be gone. */
function pushRow(
  work: Changeset,
  key: Key,
  values: Record<string, unknown>,
  added: boolean,
  isLast = false,
): void {
  const name = `${key.pk}\n${key.sk}`
  const earlier = work.rows.get(name)
  if (earlier && earlier.added !== added) {
    work.rows.delete(name)
    return
  }
  const ended = isLast ? remove(key) : remove(key, { exists: true }, 'conflict')
  const write = added ? put({ ...key, ...values }, { exists: false }, 'conflict') : ended
  work.rows.set(name, { added, write })
}

function counting(
  work: Changeset,
  set: CountedSet,
  id: string,
  added: boolean,
  capped = false,
): void {
  const counts = work.counts.get(set.rows) ?? { set, all: [], capped }
  const by = added ? 1 : -1
  const earlier = counts.all.findIndex((one) => one.id === id && one.by !== by)
  if (earlier >= 0) counts.all.splice(earlier, 1)
  else counts.all.push({ id, by })
  work.counts.set(set.rows, counts)
}
