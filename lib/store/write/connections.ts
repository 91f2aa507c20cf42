import { ApiError } from '#lib/base/errors.ts'
import {
  answered,
  type Connection,
  type ConnectionState,
  ended,
  nextConnection,
  requested,
} from '#lib/model/connection.ts'
import type { Caller } from '#lib/model/privacy.ts'
import { deletionWrite, endedConnection } from '#lib/store/deletions.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { Relation } from '#lib/store/read/connections.ts'
import { findPerson, requireMe } from '#lib/store/read/profiles.ts'
import { relationsChanged } from '#lib/store/relations-version.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put, remove, type Write } from '#lib/table/writes.ts'
import { eventLives } from './event-lives.ts'

/** The caller and somebody else by our id; undefined for whom nobody knows. */
export type Parties = { caller: Caller; other: string | undefined }

/** The caller asks somebody whom they may see to connect. */
export const requestConnection = (
  scope: EventScope,
  parties: Parties,
  precondition: Precondition<Relation>,
): Promise<Relation> =>
  changeConnection(scope, () => twoOf(scope, parties, false), requested, precondition)

/** The caller answers the request of somebody, hidden or not. */
export const answerConnection = (
  scope: EventScope,
  parties: Parties,
  status: 'ACCEPT' | 'REJECT',
  precondition: Precondition<Relation>,
): Promise<Relation> => {
  const decide = (current: Connection | undefined, me: string) => answered(current, me, status)
  return changeConnection(scope, () => twoOf(scope, parties, true), decide, precondition)
}

/** The caller takes a request back, ends a connection or forgives a rejection. */
export const endConnection = (
  scope: EventScope,
  parties: Parties,
  precondition: Precondition<Relation>,
): Promise<Relation> =>
  changeConnection(scope, () => twoOf(scope, parties, true), ended, precondition)

type Decide = (current: Connection | undefined, me: string) => ConnectionState | undefined

/**
 * Writes what `decide` makes of the connection under both people at once; undefined ends it. The version is the
 * same on both sides, so of two who write at once one sees what the other did.
 */
const changeConnection = (
  scope: EventScope,
  read: () => Promise<Relation>,
  decide: Decide,
  precondition: Precondition<Relation>,
): Promise<Relation> =>
  retryOnConflict(scope, async () => {
    const relation = await read()
    precondition(relation)
    const { me, other, connection: before } = relation
    const state = decide(before, me.id)
    const after = state && nextConnection(before, state, other.id)
    const writes = [
      ...(after
        ? livingWrites(scope, relation)
        : [deletionWrite(scope, endedConnection(me.id, other.id, before?.createdAt ?? ''))]),
      sideWrite(scope, [me.id, other.id], before, after),
      sideWrite(scope, [other.id, me.id], before, after),
      ...[me.id, other.id].map((id) => relationsChanged(scope, id, after ? undefined : 'ends')),
    ]
    return commit(scope, writes, { ...relation, connection: after })
  })

async function twoOf(
  scope: EventScope,
  { caller, other: id }: Parties,
  related: boolean,
): Promise<Relation> {
  const me = await requireMe(scope, caller, 'admin_without_ticket')
  if (id === me.id) throw new ApiError('self_connection')
  const how = { missing: 'attendee_not_found', related } as const
  const { person: other, connection } = await findPerson(scope, caller, id, how)
  return { me, other, connection, deleting: scope.deleting }
}

function sideWrite(
  scope: EventScope,
  [mine, theirs]: [string, string],
  before: Connection | undefined,
  after: Connection | undefined,
): Write {
  const key = keys.connection(scope, mine, theirs)
  const when = before ? { vr: before.vr } : { exists: false }
  if (!after) return remove(key, when, 'conflict')
  return put({ ...key, ...after, kind: 'connection', other: theirs }, when, 'conflict')
}

/** Both are there, and the other still is as they were when they were found: nothing begins with who is gone or hides. */
const livingWrites = (scope: EventScope, { me, other }: Relation): Write[] => [
  eventLives(scope),
  check(keys.person(scope, me.id), { exists: true }, 'conflict'),
  check(keys.person(scope, other.id), { vr: other.vr }, 'conflict'),
]
