import type { AgendaEntry, Person } from '#lib/person/schema.ts'
import { type Session, speaker } from '#lib/session/schema.ts'
import { seatStep } from '#lib/session/seats.ts'
import { type CountedSet, type Counting, countSteps } from '#lib/table/counted.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import { Stale } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, type Step } from '#lib/table/transact.ts'
import { now } from '#lib/time.ts'

/** One thing that is so between a person and a group or session. */
export type Fact =
  | { kind: 'member'; person: string; group: string }
  | { kind: 'attends'; person: string; session: string }
  | { kind: 'role'; person: string; session: string; role: string }
export type FactChange = { fact: Fact; holds: boolean }

type Draft<T> = { before: T | undefined; after: T }
type Counts = { set: CountedSet; all: Counting[]; capped: boolean }

/**
 * A change to facts that are kept on two sides: documents are drafted in memory, rows and counts collected, and
 * all of it becomes the steps of one transaction. Each document is written with the version it was read in, so
 * whoever comes between makes the transaction stale, never the two sides unequal.
 */
export type Work = {
  scope: EventScope
  speakersGroup: string
  people: Map<string, Draft<Person>>
  sessions: Map<string, Draft<Session>>
  /** People and sessions that go away with this work. */
  removed: Set<string>
  rows: Step[]
  counts: Map<string, Counts>
}

export function newWork(scope: EventScope, speakersGroup: string): Work {
  const fresh = <K, V>() => new Map<K, V>()
  return {
    scope,
    speakersGroup,
    people: fresh(),
    sessions: fresh(),
    removed: new Set(),
    rows: [],
    counts: fresh(),
  }
}

/** Reads the documents that the changes touch and are not drafted yet; absent ones stay absent. */
export async function load(work: Work, changes: FactChange[]): Promise<void> {
  const { scope, people, sessions } = work
  const wantedPeople = changes.map(({ fact }) => fact.person).filter((id) => !people.has(id))
  const wantedSessions = changes.flatMap(({ fact }) =>
    fact.kind === 'member' || sessions.has(fact.session) ? [] : [fact.session],
  )
  const [foundPeople, foundSessions] = await Promise.all([
    getRows<Person>(
      scope,
      wantedPeople.map((id) => keys.person(scope, id)),
    ),
    getRows<Session>(
      scope,
      wantedSessions.map((id) => keys.session(scope, id)),
    ),
  ])
  for (const row of foundPeople) draftPerson(work, row, row)
  for (const row of foundSessions) draftSession(work, row, row)
}

export const draftPerson = (work: Work, before: Person | undefined, after: Person): void => {
  const copy = { ...after, agenda: { ...after.agenda }, groupIds: new Set(after.groupIds) }
  work.people.set(after.id, { before, after: copy })
}
export const draftSession = (work: Work, before: Session | undefined, after: Session): void => {
  const copied = Object.entries(after.roles).map(([role, people]) => [role, [...people]])
  work.sessions.set(after.id, { before, after: { ...after, roles: Object.fromEntries(copied) } })
}

/**
 * Drafts one change on both sides; what is so already is left alone. A person or session that is not there is
 * passed over when the fact ends, and makes the work stale when it begins.
 */
export function draft(work: Work, { fact, holds }: FactChange): void {
  const person = work.people.get(fact.person)?.after
  if (!person) return missing(holds)
  if (fact.kind === 'member') return draftMember(work, person, fact.group, holds)
  const session = work.sessions.get(fact.session)?.after
  if (!session && holds) return missing(holds)
  if (fact.kind === 'attends') draftAttends(work, person, fact.session, session, holds)
  else draftRole(work, person, fact, session, holds)
}

function missing(holds: boolean): void {
  if (holds) throw new Stale()
}

function draftMember(work: Work, person: Person, group: string, holds: boolean): void {
  const groups = new Set(person.groupIds)
  if (groups.has(group) === holds) return
  if (holds) groups.add(group)
  else groups.delete(group)
  person.groupIds = groups
  const key = keys.member(work.scope, group, person.id)
  work.rows.push(
    holds
      ? put({ ...key, at: now() }, { exists: false }, 'stale')
      : remove(key, { exists: true }, 'stale'),
  )
  counting(work, sets.members(work.scope, group), person.id, holds)
}

function draftAttends(
  work: Work,
  person: Person,
  id: string,
  session: Session | undefined,
  holds: boolean,
): void {
  const entry = person.agenda[id] ?? { attends: false, roles: [] }
  if (entry.attends === holds) return
  setEntry(person, id, { ...entry, attends: holds })
  if (!session) return
  const key = keys.attendee(work.scope, id, person.id)
  work.rows.push(
    holds
      ? put({ ...key, at: now() }, { exists: false }, 'stale')
      : remove(key, { exists: true }, 'stale'),
  )
  counting(work, sets.attendees(work.scope, id), person.id, holds, session.capacity !== undefined)
}

function draftRole(
  work: Work,
  person: Person,
  { session: id, role }: { session: string; role: string },
  session: Session | undefined,
  holds: boolean,
): void {
  const entry = person.agenda[id] ?? { attends: false, roles: [] }
  if (entry.roles.includes(role) !== holds) {
    const others = entry.roles.filter((one) => one !== role)
    setEntry(person, id, { ...entry, roles: holds ? [...others, role].sort().reverse() : others })
  }
  if (session) {
    const people = session.roles[role] ?? []
    if (people.includes(person.id) !== holds) {
      session.roles[role] = holds
        ? [...people, person.id]
        : people.filter((one) => one !== person.id)
    }
  }
  const speaks = Object.values(person.agenda).some(({ roles }) => roles.includes(speaker))
  draftMember(work, person, work.speakersGroup, speaks)
}

function setEntry(person: Person, session: string, entry: AgendaEntry): void {
  if (entry.attends || entry.roles.length > 0) person.agenda[session] = entry
  else delete person.agenda[session]
}

function counting(work: Work, set: CountedSet, id: string, holds: boolean, capped = false): void {
  const counts = work.counts.get(set.rows) ?? { set, all: [], capped }
  counts.all.push({ id, by: holds ? 1 : -1 })
  work.counts.set(set.rows, counts)
}

/** The steps of all that was drafted: changed documents, rows of the other sides, counts, seats. */
export function stepsOf(work: Work): Step[] {
  const { scope } = work
  const counts = [...work.counts.values()].flatMap(({ set, all, capped }) => [
    ...countSteps(set, all, capped),
    ...(capped ? seatStep(scope, set, all) : []),
  ])
  const document = (key: Key, { before, after }: Draft<Person> | Draft<Session>) =>
    work.removed.has(after.id)
      ? remove(key, versionOf(before), 'stale')
      : put(row(key, before, after), versionOf(before), 'stale')
  const isDue = (one: Draft<Person> | Draft<Session>) =>
    work.removed.has(one.after.id) || changed(one)
  const people = [...work.people.values()].filter(isDue)
  const sessions = [...work.sessions.values()].filter(isDue)
  return [
    ...people.map((one) => document(keys.person(scope, one.after.id), one)),
    ...sessions.map((one) => document(keys.session(scope, one.after.id), one)),
    ...work.rows,
    ...counts,
  ]
}

const versionOf = (before: { vr: number } | undefined) =>
  before ? { vr: before.vr } : { exists: false }

/** A row as it is stored: the next version, and no empty set, which the store cannot hold. */
function row<T extends { vr: number }>(key: Key, before: T | undefined, after: T) {
  const vr = before ? before.vr + 1 : 1
  const all = { ...key, ...after, vr }
  return Object.fromEntries(
    Object.entries<unknown>(all).filter(([, value]) => !(value instanceof Set && value.size === 0)),
  ) as typeof all
}

const changed = ({ before, after }: Draft<unknown>): boolean => {
  if (!before) return true
  return JSON.stringify(before, setsAsLists) !== JSON.stringify(after, setsAsLists)
}
const setsAsLists = (key: string, value: unknown) => {
  if (key === 'pk' || key === 'sk') return undefined
  if (value instanceof Set) return value.size === 0 ? undefined : [...value].sort()
  return value
}
