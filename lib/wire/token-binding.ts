import { ApiError } from '#lib/base/errors.ts'
import type { Event } from '#lib/model/event.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { eventId } from '#lib/store/read/events.ts'
import { eventScope } from '#lib/store/write/events.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'
import type { TokenBody } from './token.ts'
import { boundToken, checkBinding } from './token-rules.ts'

/** Resolves the events and the person that a new token names; throws `invalid_reference` with the field. */
export async function bindToken(scope: Scope, body: TokenBody, system: string | undefined) {
  checkBinding(body)
  const events = await Promise.all(
    (body.events ?? []).map(async (name, n) => {
      const id = await eventId(scope, name, { system, byNumber: false })
      const event = id && (await getRow<Event>(scope, keys.event(scope.org, id)))
      if (!event) throw new ApiError('invalid_reference', { field: `events[${n}]` })
      return event
    }),
  )
  const person = body.person && events[0] && (await personOf(scope, events[0], body.person, system))
  return boundToken(body, [...new Set(events.map(({ id }) => id))], person || undefined)
}

async function personOf(scope: Scope, event: Event, sent: string, system: string | undefined) {
  const inside = eventScope(scope, event)
  const id = await resolveId(inside, 'person', sent, system)
  const row = id && !inside.deleting.has(id) && (await getRow(inside, keys.person(inside, id)))
  if (!id || !row) throw new ApiError('invalid_reference', { field: 'person' })
  return id
}
