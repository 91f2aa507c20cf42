import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { newBadgeCode } from '#lib/base/ids.ts'
import { type Instant, now } from '#lib/base/time.ts'
import type { Person } from '#lib/model/person.ts'
import type { Precondition } from '#lib/store/document.ts'
import { requirePerson } from '#lib/store/read/included-people.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put, remove } from '#lib/table/writes.ts'

/**
 * What a person shows at doors, found by the hash of its code. Without the code they are blocked: it lets them through
 * no door, nor does any other name of theirs.
 */
export type Badge = { code?: string; hash: string; issuedAt: Instant; vr: number }
export type LoadedBadge = { person: Person; badge: Badge }

/** Codes are read by cameras and typed by hand: their case means nothing. */
export const codeHash = (code: string): string =>
  createHash('sha256').update(code.trim().toUpperCase()).digest('hex')

/** Draws a new code; the one before opens nothing any more, and a block is lifted. */
export const issueBadge = (scope: EventScope, id: string | undefined): Promise<LoadedBadge> =>
  retryOnConflict(scope, async () => {
    const person = await requirePerson(scope, id)
    const before = await badgeOf(scope, person.id)
    const code = newBadgeCode()
    const hash = codeHash(code)
    const badge = { code, hash, issuedAt: now(), vr: (before?.vr ?? 0) + 1 }
    const codeRow = { ...keys.badgeCode(scope, hash), to: person.id }
    const writes = [
      check(keys.person(scope, person.id), { vr: person.vr }, 'conflict'),
      put({ ...keys.badge(scope, person.id), ...badge }, standing(before), 'conflict'),
      put(codeRow, { exists: false }, 'conflict'),
      ...(before ? [remove(keys.badgeCode(scope, before.hash))] : []),
    ]
    return commit(scope, writes, { person, badge })
  })

/** Takes the badge away: its code, and the person by whatever name, is let through no door until there is a new one. */
export const blockBadge = (
  scope: EventScope,
  id: string | undefined,
  precondition: Precondition<unknown>,
): Promise<void> =>
  retryOnConflict(scope, async () => {
    const { person, badge: before } = await requireBadge(scope, id)
    precondition(undefined)
    const { code: _, ...rest } = before
    const row = { ...keys.badge(scope, person.id), ...rest, vr: before.vr + 1 }
    // The hash goes on leading to whom it was of, for the one who scans it.
    await commit(scope, [put(row, { vr: before.vr }, 'conflict')], undefined)
  })

/** The badge that a person has; throws `badge_not_found` where they have none, or none any more. */
export async function requireBadge(
  scope: EventScope,
  id: string | undefined,
): Promise<LoadedBadge & { badge: { code: string } }> {
  const person = await requirePerson(scope, id)
  const badge = await badgeOf(scope, person.id)
  if (badge?.code === undefined) throw new ApiError('badge_not_found')
  return { person, badge: { ...badge, code: badge.code } }
}

export const badgeOf = (scope: EventScope, person: string): Promise<Badge | undefined> =>
  getRow<Badge>(scope, keys.badge(scope, person))

/** Whose badge has this code, as their last one. */
export async function holderOf(scope: EventScope, code: string): Promise<string | undefined> {
  const hash = codeHash(code)
  const found = await getRow<{ to: string }>(scope, keys.badgeCode(scope, hash))
  return found?.to
}

const standing = (before: Badge | undefined) => (before ? { vr: before.vr } : { exists: false })
