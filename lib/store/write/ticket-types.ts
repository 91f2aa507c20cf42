import { ApiError } from '#lib/base/errors.ts'
import { isId, newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Session } from '#lib/model/session.ts'
import type { TicketType } from '#lib/model/ticket.ts'
import { findMany } from '#lib/store/read/references.ts'
import { bucketKey, bucketNames, openBuckets } from '#lib/table/buckets.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { check, put, remove, transact } from '#lib/table/transact.ts'

export type TicketFields = Pick<TicketType, 'name' | 'access'>
/** A ticket type with those of its sessions that are there. */
export type LoadedType = { type: TicketType; sessions: Map<string, Session> }

/** Ticket types in id order, with the sessions that they name. */
export async function listTicketTypes(
  scope: EventScope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<LoadedType>> {
  const all = await ticketTypes(scope)
  const types = all.filter(({ id }) => id > after).slice(offset, offset + limit)
  const sessions = await sessionsOf(scope, types)
  return { total: all.length, rows: types.map((type) => ({ type, sessions })) }
}

/** All ticket types of the event: at most 200. */
export const ticketTypes = (scope: EventScope): Promise<TicketType[]> =>
  queryRows<TicketType>(scope, { pk: keys.ticketTypes(scope) })

export async function requireTicketType(scope: EventScope, id: string): Promise<LoadedType> {
  const type = await getTicketType(scope, id)
  if (!type) throw new ApiError('ticket_type_not_found')
  return loaded(scope, type)
}

export const getTicketType = async (
  scope: EventScope,
  id: string,
): Promise<TicketType | undefined> =>
  isId('ticketType', id) ? getRow<TicketType>(scope, keys.ticketType(scope, id)) : undefined

export const loaded = async (scope: EventScope, type: TicketType): Promise<LoadedType> => ({
  type,
  sessions: await sessionsOf(scope, [type]),
})

export async function createTicketType(
  scope: EventScope,
  fields: TicketFields,
  reply: (made: LoadedType) => RecordedResponse,
): Promise<RecordedResponse> {
  if ((await ticketTypes(scope)).length >= limits.ticketTypes.value) {
    throw new ApiError('too_many_objects', { field: 'name' })
  }
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const type: TicketType = { ...fields, ...at, id: newId('ticketType') }
  const outcome = reply(await loaded(scope, type))
  await transact(
    scope,
    [
      check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found'),
      put({ ...keys.ticketType(scope, type.id), ...type }, { exists: false }, 'conflict'),
      ...openBuckets(sets.holders(scope, type.id)),
    ],
    outcome,
  )
  return outcome
}

export async function updateTicketType(
  scope: EventScope,
  id: string,
  change: (current: TicketType) => Promise<TicketFields>,
  effect: Effect<LoadedType>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireTicketType(scope, id)
    effect.guard(current)
    const fields = await change(current.type)
    const type = { ...current.type, ...fields, updatedAt: now(), vr: current.type.vr + 1 }
    const outcome = effect.reply(await loaded(scope, type))
    const when = { vr: current.type.vr }
    await transact(
      scope,
      [put({ ...keys.ticketType(scope, id), ...type }, when, 'conflict')],
      outcome,
    )
    return outcome
  })
}

/** Deletes a ticket type that nobody added: its counts go in the same transaction, and only while they are 0. */
export async function deleteTicketType(
  scope: EventScope,
  id: string,
  effect: Effect<LoadedType>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireTicketType(scope, id)
    effect.guard(current)
    const outcome = effect.reply(current)
    const set = sets.holders(scope, id)
    await transact(
      scope,
      [
        remove(keys.ticketType(scope, id), { vr: current.type.vr }, 'conflict'),
        ...bucketNames(set).map((name) =>
          remove(bucketKey(set, name), { equals: { ct: 0 } }, 'ticket_type_in_use'),
        ),
      ],
      outcome,
    )
    return outcome
  })
}

const sessionsOf = (scope: EventScope, types: TicketType[]) =>
  findMany(
    scope,
    'session',
    types.flatMap(({ access }) => (access === 'all' ? [] : access)),
  )
