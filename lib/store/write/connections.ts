import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Next } from '#lib/model/connection-rules.ts'
import type { Person } from '#lib/model/person.ts'
import { profileView } from '#lib/model/privacy.ts'
import { findMany } from '#lib/store/read/references.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { check, put, remove, transact, type Write } from '#lib/table/transact.ts'

/** Somebody and what is between them and `me`. */
export type Relation = {
  me: string
  other: Person
  connection: Connection | undefined
  deleting: ReadonlySet<string>
}

export const getConnection = (
  scope: EventScope,
  me: string,
  other: string,
): Promise<Connection | undefined> => getRow(scope, keys.connection(scope, me, other))

/** All that a person has with others, in the order of the others' ids. */
export const connectionsOf = (scope: EventScope, person: string): Promise<Connection[]> =>
  queryRows(scope, { pk: keys.relations(scope, person), from: 'C#', to: 'C#~' })

/**
 * Writes what `decide` makes of the connection under both people at once; undefined ends it. The version is the
 * same on both sides, so of two who write at once one sees what the other did.
 */
export async function changeConnection(
  scope: EventScope,
  { me, other }: { me: string; other: Person },
  decide: (current: Connection | undefined) => Next | undefined,
  effect: Effect<Relation>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await getConnection(scope, me, other.id)
    const { deleting } = scope
    effect.guard({ me, other, connection: current, deleting })
    const decided = decide(current)
    const connection = decided && nextOf(current, decided, other.id)
    const outcome = effect.reply({ me, other, connection, deleting })
    const sides: [string, string][] = [
      [me, other.id],
      [other.id, me],
    ]
    const rows = sides.map(([mine, theirs]) => side(scope, mine, theirs, current, connection))
    await transact(scope, [...rows, ...(connection ? lives(scope, me, other.id) : [])], outcome)
    return outcome
  })
}

/** Connections of a person with those they may see, all or of one status, in the order of the others' ids. */
export async function listConnections(
  scope: EventScope,
  me: string,
  status: Connection['status'] | undefined,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Relation>> {
  const all = await connectionsOf(scope, me)
  const wanted = all.filter((one) => status === undefined || one.status === status)
  const people = await findMany(
    scope,
    'person',
    wanted.map(({ other }) => other),
  )
  const rows = wanted.flatMap((connection) => {
    const other = people.get(connection.other)
    return other && isVisible(me, other, connection)
      ? [{ me, other, connection, deleting: scope.deleting }]
      : []
  })
  const rest = rows.filter(({ other }) => other.id > after)
  return { total: rows.length, rows: rest.slice(offset, offset + limit) }
}

const isVisible = (me: string, other: Person, { status }: Connection) =>
  profileView(
    { person: me, organiser: false },
    { id: other.id, settings: other.profile ?? {} },
    status,
  ) !== 'hidden'

const nextOf = (current: Connection | undefined, decided: Next, other: string): Connection => ({
  ...decided,
  other,
  createdAt: current?.createdAt ?? now(),
  updatedAt: now(),
  vr: (current?.vr ?? 0) + 1,
})

function side(
  scope: EventScope,
  mine: string,
  theirs: string,
  before: Connection | undefined,
  after: Connection | undefined,
): Write {
  const key = keys.connection(scope, mine, theirs)
  const when = before ? { vr: before.vr } : { exists: false }
  return after
    ? put({ ...key, ...after, other: theirs }, when, 'conflict')
    : remove(key, when, 'conflict')
}

/** Nothing new begins with somebody who is being deleted. */
const lives = (scope: EventScope, me: string, other: string): Write[] => [
  check(keys.person(scope, me), { exists: true }, 'person_not_found'),
  check(keys.person(scope, other), { exists: true }, () => new ApiError('attendee_not_found')),
]
