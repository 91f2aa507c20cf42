import { randomUUID } from 'node:crypto'
import type { Route } from '#lib/http/route.ts'
import { best, filled } from '#test/support/security.ts'
import type { Case } from './cases.ts'
import { namesOf, plain } from './snapshot.ts'
import type { Request } from './survivor.ts'
import type { Place } from './world.ts'

/** A case as it is asked in a place, under a key of its own. */
export function requestOf(route: Route, one: Case, { ids, tokens }: Place): Request {
  const as = one.as ?? (best(route) === 'attendee' ? 'attendee' : 'organiser')
  const body = one.body ? one.body(ids) : route.example
  return {
    method: route.method.toUpperCase(),
    path: filled(route, ids, one.at?.(ids)) + (one.query ?? ''),
    options: {
      token: tokens[as],
      headers: { 'idempotency-key': randomUUID(), ...one.headers },
      ...(body !== undefined && { body }),
    },
  }
}

export const nameOf = ({ id }: Route, { name }: Case) => [id, name].filter(Boolean).join(', ')

export const isBatch = ({ id }: Route) => /^batch/.test(id)

/**
 * An answer, the same in every place that is in the same state. Rows of a batch that were there already are told as such
 * (docs/behaviour/requests.md, Batches).
 */
export function answerOf(route: Route, text: string, { ids }: Place): unknown {
  const told = isBatch(route)
    ? text.replaceAll(/"(created|unchanged)":\d+,?/g, '').replaceAll('"unchanged"', '"created"')
    : text
  return plain(told, namesOf(ids))
}
