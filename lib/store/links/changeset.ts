import type { Group } from '#lib/model/group.ts'
import type { Link, LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type Staged<T> = { before: T | undefined; after: T }

/**
 * A change to links that are kept on two sides: documents are changed in memory, and what follows from them becomes
 * the writes of one transaction. Each document is written with the version it was read in, so whoever comes between
 * makes the transaction fail, never the two sides unequal.
 */
export type Changeset = {
  scope: EventScope
  people: Map<string, Staged<Person>>
  sessions: Map<string, Staged<Session>>
  /** A group that is made with its first members. */
  newGroup?: Group
  /** Groups and tracks that are there. */
  living: Set<string>
  /** Keys of documents that were looked for and are not there: nobody counts in their sets any more. */
  missing: Set<string>
  /** Id → the job that the document waits for. */
  waiting: Map<string, string>
  /** People and sessions that go away with this change. */
  removed: Set<string>
  /** Sessions whose free seats go to whoever waits for one, with the capacity that they get if it changes. */
  promoting: Map<string, { capacity?: number }>
  /** The job whose work this is: its links were judged when it was written down, its seats are held. */
  job?: { id: string; holds: ReadonlySet<string> }
}

/** Thrown where a document waits for a job: whoever comes next finishes it and reads again. */
export class JobOpen extends VersionConflict {
  readonly job: string
  constructor(job: string) {
    super()
    this.job = job
  }
}

export const newChangeset = (scope: EventScope, job?: Changeset['job']): Changeset => ({
  scope,
  people: new Map(),
  sessions: new Map(),
  living: new Set([scope.speakersGroup]),
  missing: new Set(),
  waiting: new Map(),
  removed: new Set(),
  promoting: new Map(),
  ...(job && { job }),
})

/** A changeset in which a group is made. */
export const withNewGroup = (scope: EventScope, group: Group): Changeset => {
  const changeset = newChangeset(scope)
  changeset.living.add(group.id)
  return { ...changeset, newGroup: group }
}

/** Reads what the changes touch and is not staged yet; throws `JobOpen` for what waits for another job. */
export async function load(changeset: Changeset, changes: LinkChange[]): Promise<void> {
  const wanted = wantedKeys(changeset, changes)
  const rows = await getRows<Key & (Person | Session | Group)>(changeset.scope, wanted)
  const found = new Set(rows.map(nameOf))
  for (const key of wanted) if (!found.has(nameOf(key))) changeset.missing.add(nameOf(key))
  for (const row of rows) {
    if (row.open !== undefined) {
      if (!changeset.job) throw new JobOpen(row.open)
      changeset.waiting.set(row.id, row.open)
    }
    if ('agenda' in row) stagePerson(changeset, row, row)
    else if ('trackIds' in row) stageSession(changeset, row, row)
    else changeset.living.add(row.sk)
  }
}

function wantedKeys({ scope, ...has }: Changeset, changes: LinkChange[]): Key[] {
  const links = changes.map(({ link }) => link)
  const people = links.flatMap((link) => (link.kind === 'track' ? [] : link.person))
  const sessions = links.flatMap((link) => (link.kind === 'member' ? [] : link.session))
  const groups = links.flatMap((link) => (link.kind === 'member' ? link.group : []))
  const tracks = links.flatMap((link) => (link.kind === 'track' ? link.track : []))
  const others = (known: { has: (id: string) => boolean }, ids: string[]) =>
    [...new Set(ids)].filter((id) => !known.has(id))
  return [
    ...others(has.people, people).map((id) => keys.person(scope, id)),
    ...others(has.sessions, sessions).map((id) => keys.session(scope, id)),
    ...others(has.living, groups).map((id) => keys.group(scope, id)),
    ...others(has.living, tracks).map((id) => keys.track(scope, id)),
  ]
}

/** Whether all that the link is about is there (once it was loaded). */
export function isThere({ people, sessions, living }: Changeset, link: Link): boolean {
  if (link.kind === 'member') return people.has(link.person) && living.has(link.group)
  if (link.kind === 'track') return sessions.has(link.session) && living.has(link.track)
  return people.has(link.person) && sessions.has(link.session)
}

/** Whether the owner of a set was looked for and is gone. */
export const isClosed =
  ({ missing }: Changeset) =>
  ({ owner }: CountedSet): boolean =>
    owner !== undefined && missing.has(nameOf(owner.key))

export const stagePerson = (
  changeset: Changeset,
  before: Person | undefined,
  after: Person,
): void => {
  const copy = { ...after, agenda: { ...after.agenda }, groupIds: new Set(after.groupIds) }
  changeset.people.set(after.id, { before, after: copy })
}

export const stageSession = (
  changeset: Changeset,
  before: Session | undefined,
  after: Session,
): void => {
  const roles = Object.entries(after.roles).map(([role, people]) => [role, [...people]])
  const copy = { ...after, trackIds: [...after.trackIds], roles: Object.fromEntries(roles) }
  changeset.sessions.set(after.id, { before, after: copy })
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`
