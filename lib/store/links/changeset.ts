import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { CountedSet, Counting } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Write } from '#lib/table/transact.ts'

/** One thing that is so between a person and a group or session, or a session and a track. */
export type Link =
  | { kind: 'member'; person: string; group: string }
  | { kind: 'attends'; person: string; session: string }
  | { kind: 'role'; person: string; session: string; role: string }
  | { kind: 'track'; session: string; track: string }
export type LinkChange = { link: Link; added: boolean }

export type Staged<T> = { before: T | undefined; after: T }
export type Counts = { set: CountedSet; all: Counting[]; capped: boolean }

/**
 * A change to links that are kept on two sides: documents are staged in memory, rows and counts collected, and
 * all of it becomes the writes of one transaction. Each document is written with the version it was read in, so
 * whoever comes between makes the transaction in conflict, never the two sides unequal.
 */
export type Changeset = {
  scope: EventScope
  speakersGroup: string
  /** Somebody has seen to the limits already. */
  judged: boolean
  people: Map<string, Staged<Person>>
  sessions: Map<string, Staged<Session>>
  /** Groups and tracks that live: those that do not have lost their counts and need no more counting. */
  living: Set<string>
  /** People and sessions that go away with this work. */
  removed: Set<string>
  /** Rows of the other sides by key: what one change makes and another ends comes to nothing. */
  rows: Map<string, { added: boolean; write: Write }>
  counts: Map<string, Counts>
}

export const newChangeset = (scope: EventScope, speakersGroup: string): Changeset => ({
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

/** Reads what the changes touch and is not staged yet; absent documents stay absent. */
export async function load(work: Changeset, changes: LinkChange[]): Promise<void> {
  const { scope, people, sessions, living } = work
  const links = changes.map(({ link }) => link)
  const persons = links.flatMap((link) => (link.kind === 'track' ? [] : link.person))
  const held = links.flatMap((link) => (link.kind === 'member' ? [] : link.session))
  const groups = links.flatMap((link) => (link.kind === 'member' ? link.group : []))
  const tracks = links.flatMap((link) => (link.kind === 'track' ? link.track : []))
  const missing = (known: { has: (id: string) => boolean }, ids: string[]) =>
    ids.filter((id) => !known.has(id))
  const rows = await getRows<Key & (Person | Session | { name: string })>(scope, [
    ...missing(people, persons).map((id) => keys.person(scope, id)),
    ...missing(sessions, held).map((id) => keys.session(scope, id)),
    ...missing(living, groups).map((id) => keys.group(scope, id)),
    ...missing(living, tracks).map((id) => keys.track(scope, id)),
  ])
  for (const row of rows) {
    if ('agenda' in row) stagePerson(work, row, row)
    else if ('trackIds' in row) stageSession(work, row, row)
    else living.add(row.sk)
  }
}

/** Whether all that the link is about is there (once it was loaded). */
export function isThere({ people, sessions, living }: Changeset, link: Link): boolean {
  if (link.kind === 'member') return people.has(link.person) && living.has(link.group)
  if (link.kind === 'track') return sessions.has(link.session) && living.has(link.track)
  return people.has(link.person) && sessions.has(link.session)
}

export const stagePerson = (work: Changeset, before: Person | undefined, after: Person): void => {
  const copy = { ...after, agenda: { ...after.agenda }, groupIds: new Set(after.groupIds) }
  work.people.set(after.id, { before, after: copy })
}

export const stageSession = (
  work: Changeset,
  before: Session | undefined,
  after: Session,
): void => {
  const roles = Object.entries(after.roles).map(([role, people]) => [role, [...people]])
  const copy = { ...after, trackIds: [...after.trackIds], roles: Object.fromEntries(roles) }
  work.sessions.set(after.id, { before, after: copy })
}
