import { ApiError } from '#lib/base/errors.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import { keptSeconds } from '#lib/table/recorded.ts'
import type { Scope } from '#lib/table/scope.ts'
import { put, type Write } from '#lib/table/writes.ts'

const people = /\bper_[a-z2-7]{26}\b/g
const addresses = /"[^"@\s\\]+@[^"@\s\\]+"/g

/**
 * Throws `answer_erased` when a recorded answer names somebody who was erased since: by id of ours or by e-mail
 * address. Nobody's recorded answers need be read for an erasure.
 */
export async function refuseErased(scope: Scope, answer: string): Promise<void> {
  // The answer to the erasure itself says no more than that.
  if (answer.includes('"erased":true')) return
  const named = [
    ...(answer.match(people) ?? []),
    ...(answer.match(addresses) ?? []).map((text) => text.slice(1, -1).toLowerCase()),
  ]
  if (named.length === 0) return
  const rows = await getRows<{ expires: number }>(
    scope,
    [...new Set(named)].map((name) => keys.erased(scope, name)),
  )
  const now = Date.now() / 1000
  if (rows.some(({ expires }) => expires > now)) {
    throw new ApiError('answer_erased', { headers: { 'idempotency-replayed': 'true' } })
  }
}

/** The writes after which no recorded answer about this person is shown again, for as long as one is kept. */
export const erasedWrites = (scope: Scope, person: string, email: string): Write[] => {
  const expires = Math.floor(Date.now() / 1000) + keptSeconds + 3600
  const names = [person, ...(email ? [email.toLowerCase()] : [])]
  return names.map((name) => put({ ...keys.erased(scope, name), expires, ttl: expires }))
}
