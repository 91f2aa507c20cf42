import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { AgendaEntry, Person } from '#lib/model/person.ts'
import { type Session, speaker, startOf } from '#lib/model/session.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { Stale } from '#lib/table/retry.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove } from '#lib/table/transact.ts'
import { type FactChange, isThere, type Work } from './changeset.ts'

/**
 * Drafts one change on both sides; what is so already is left alone. Where a side is not there, a fact that ends
 * is cleared from the other, and one that begins makes the work stale.
 */
export function draft(work: Work, { fact, holds }: FactChange): void {
  if (holds && !isThere(work, fact)) throw new Stale()
  const session = fact.kind === 'member' ? undefined : work.sessions.get(fact.session)?.after
  if (fact.kind === 'track') {
    if (session) draftTrack(work, session, fact.track, holds)
    return
  }
  const person = work.people.get(fact.person)?.after
  if (!person) return
  if (fact.kind === 'member') draftMember(work, person, fact.group, holds)
  else if (fact.kind === 'attends') draftAttends(work, person, fact.session, session, holds)
  else draftRole(work, person, fact, session, holds)
}

function draftMember(work: Work, person: Person, group: string, holds: boolean): void {
  const groups = new Set(person.groupIds)
  if (groups.has(group) === holds) return
  if (holds) groups.add(group)
  else groups.delete(group)
  person.groupIds = groups
  const key = keys.member(work.scope, group, person.id)
  const lives = work.living.has(group)
  pushRow(work, key, { at: now() }, holds, !lives)
  if (lives) counting(work, sets.members(work.scope, group), person.id, holds)
}

function draftAttends(
  work: Work,
  person: Person,
  id: string,
  session: Session | undefined,
  holds: boolean,
): void {
  const entry = person.agenda[id] ?? nothing
  if (entry.attends === holds) return
  setEntry(person, id, { ...entry, attends: holds })
  if (!session) return
  pushRow(work, keys.attendee(work.scope, id, person.id), { at: now() }, holds)
  counting(work, sets.attendees(work.scope, id), person.id, holds, session.capacity !== undefined)
}

function draftRole(
  work: Work,
  person: Person,
  { session: id, role }: { session: string; role: string },
  session: Session | undefined,
  holds: boolean,
): void {
  const had = holdsSomewhere(person, role)
  const entry = person.agenda[id] ?? nothing
  if (entry.roles.includes(role) !== holds) {
    const others = entry.roles.filter((one) => one !== role)
    setEntry(person, id, { ...entry, roles: holds ? [...others, role].sort().reverse() : others })
  }
  if (session) draftHolder(work, session, person.id, role, holds)
  const has = holdsSomewhere(person, role)
  if (role === speaker) draftMember(work, person, work.speakersGroup, has)
  else if (had !== has) pushRow(work, keys.roleHolder(work.scope, role, person.id), {}, has)
}

function draftHolder(
  { judged }: Work,
  session: Session,
  person: string,
  role: string,
  holds: boolean,
): void {
  const people = session.roles[role] ?? []
  if (people.includes(person) === holds) return
  const all = Object.values(session.roles).reduce((sum, { length }) => sum + length, 0)
  const full = holds && all >= limits.sessionRolePeople.value
  if (full && !judged) throw new ApiError('too_many_objects')
  session.roles[role] = holds ? [...people, person] : people.filter((one) => one !== person)
}

function draftTrack(work: Work, session: Session, track: string, holds: boolean): void {
  if (session.trackIds.includes(track) === holds) return
  const others = session.trackIds.filter((one) => one !== track)
  session.trackIds = holds ? [...others, track] : others
  const key = keys.trackSession(work.scope, track, session.id)
  const lives = work.living.has(track)
  pushRow(work, key, { at: startOf(session) }, holds, !lives)
  if (lives) counting(work, sets.trackSessions(work.scope, track), session.id, holds)
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
  work: Work,
  key: Key,
  values: Record<string, unknown>,
  holds: boolean,
  isLast = false,
): void {
  const name = `${key.pk}\n${key.sk}`
  const earlier = work.rows.get(name)
  if (earlier && earlier.holds !== holds) {
    work.rows.delete(name)
    return
  }
  const ended = isLast ? remove(key) : remove(key, { exists: true }, 'stale')
  const step = holds ? put({ ...key, ...values }, { exists: false }, 'stale') : ended
  work.rows.set(name, { holds, step })
}

function counting(work: Work, set: CountedSet, id: string, holds: boolean, capped = false): void {
  const counts = work.counts.get(set.rows) ?? { set, all: [], capped }
  const by = holds ? 1 : -1
  const earlier = counts.all.findIndex((one) => one.id === id && one.by !== by)
  if (earlier >= 0) counts.all.splice(earlier, 1)
  else counts.all.push({ id, by })
  work.counts.set(set.rows, counts)
}
