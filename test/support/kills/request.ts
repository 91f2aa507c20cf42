import { randomUUID } from 'node:crypto'
import type { Route } from '#lib/http/route.ts'
import { best, filled } from '#test/support/security.ts'
import type { Case } from './cases.ts'
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
