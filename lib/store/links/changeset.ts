import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { CountedSet, Counting } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Step } from '#lib/table/transact.ts'

/** One thing that is so between a person and a group or session, or a session and a track. */
export type Fact =
  | { kind: 'member'; person: string; group: string }
  | { kind: 'attends'; person: string; session: string }
  | { kind: 'role'; person: string; session: string; role: string }
  | { kind: 'track'; session: string; track: string }
export type FactChange = { fact: Fact; holds: boolean }

export type Draft<T> = { before: T | undefined; after: T }
export type Counts = { set: CountedSet; all: Counting[]; capped: boolean }

/**
 * A change to facts that are kept on two sides: documents are drafted in memory, rows and counts collected, and
 * all of it becomes the steps of one transaction. Each document is written with the version it was read in, so
 * whoever comes between makes the transaction stale, never the two sides unequal.
 */
export type Work = {
  scope: EventScope
  speakersGroup: string
  /** Somebody has seen to the limits already. */
  judged: boolean
  people: Map<string, Draft<Person>>
  sessions: Map<string, Draft<Session>>
  /** Groups and tracks that live: those that do not have lost their counts and need no more counting. */
  living: Set<string>
  /** People and sessions that go away with this work. */
  removed: Set<string>
  /** Rows of the other sides by key: what one change makes and another ends comes to nothing. */
  rows: Map<string, { holds: boolean; step: Step }>
  counts: Map<string, Counts>
}

export const newWork = (scope: EventScope, speakersGroup: string): Work => ({
  scope,
  speakersGroup,
  judged: false,
  people: new Map(),
  sessions: new Map(),
  living: new Set([speakersGroup]),
  removed: new Set(),
  rows: new Map(),
  counts: new Map(),
})

/** Reads what the changes touch and is not drafted yet; absent documents stay absent. */
export async function load(work: Work, changes: FactChange[]): Promise<void> {
  const { scope, people, sessions, living } = work
  const facts = changes.map(({ fact }) => fact)
  const persons = facts.flatMap((fact) => (fact.kind === 'track' ? [] : fact.person))
  const held = facts.flatMap((fact) => (fact.kind === 'member' ? [] : fact.session))
  const groups = facts.flatMap((fact) => (fact.kind === 'member' ? fact.group : []))
  const tracks = facts.flatMap((fact) => (fact.kind === 'track' ? fact.track : []))
  const missing = (known: { has: (id: string) => boolean }, ids: string[]) =>
    ids.filter((id) => !known.has(id))
  const rows = await getRows<Key & (Person | Session | { name: string })>(scope, [
    ...missing(people, persons).map((id) => keys.person(scope, id)),
    ...missing(sessions, held).map((id) => keys.session(scope, id)),
    ...missing(living, groups).map((id) => keys.group(scope, id)),
    ...missing(living, tracks).map((id) => keys.track(scope, id)),
  ])
  for (const row of rows) {
    if ('agenda' in row) draftPerson(work, row, row)
    else if ('trackIds' in row) draftSession(work, row, row)
    else living.add(row.sk)
  }
}

/** Whether all that the fact is about is there (once it was loaded). */
export function isThere({ people, sessions, living }: Work, fact: Fact): boolean {
  if (fact.kind === 'member') return people.has(fact.person) && living.has(fact.group)
  if (fact.kind === 'track') return sessions.has(fact.session) && living.has(fact.track)
  return people.has(fact.person) && sessions.has(fact.session)
}

export const draftPerson = (work: Work, before: Person | undefined, after: Person): void => {
  const copy = { ...after, agenda: { ...after.agenda }, groupIds: new Set(after.groupIds) }
  work.people.set(after.id, { before, after: copy })
}

export const draftSession = (work: Work, before: Session | undefined, after: Session): void => {
  const roles = Object.entries(after.roles).map(([role, people]) => [role, [...people]])
  const copy = { ...after, trackIds: [...after.trackIds], roles: Object.fromEntries(roles) }
  work.sessions.set(after.id, { before, after: copy })
}
