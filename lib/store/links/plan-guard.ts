import { type ClashKind, clashKinds } from '#lib/base/clash.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { check, update, type Write } from '#lib/table/writes.ts'

/** As many rows guard the plan of an event, so that people who join do not meet on one. */
const guards = 8

type Guard = { sk: string; vr: number }

/**
 * What keeps two writes apart that each find no clash because neither sees the other: asked for before anything is
 * read that the judgement rests on. Whoever plans (`moves`) writes all guards, whoever joins holds one of them. Nothing
 * where the event blocks nothing.
 */
export async function guardWrites(
  scope: EventScope,
  { moves, kinds = clashKinds }: { moves: boolean; kinds?: readonly ClashKind[] },
): Promise<Write[]> {
  if (!kinds.some((kind) => scope.policy[kind] === 'block')) return []
  const rows = await queryRows<Guard>(scope, { pk: keys.planGuards(scope), only: ['sk', 'vr'] })
  const versions = new Map(rows.map(({ sk, vr }) => [sk, vr]))
  const when = (n: number) => {
    const vr = versions.get(String(n))
    return vr === undefined ? { exists: false } : { vr }
  }
  if (!moves) {
    const one = Math.floor(Math.random() * guards)
    return [check(keys.planGuard(scope, one), when(one), 'conflict')]
  }
  return [...Array(guards).keys()].map((n) =>
    update(keys.planGuard(scope, n), { add: { vr: 1 } }, when(n), 'conflict'),
  )
}
