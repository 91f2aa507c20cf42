import { type ClashKind, clashKinds } from '#lib/base/clash.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { update, type Write } from '#lib/table/writes.ts'

/** As many rows guard the plan of an event, so that people who join do not meet on one. */
const guards = 8

/** How often somebody has planned (`vr`), and joined (`jn`), by this row. */
type Guard = { sk: string; vr?: number; jn?: number }

/**
 * What keeps two writes apart that each find no clash because neither sees the other: asked for before anything is
 * read that the judgement rests on. Whoever plans (`moves`) writes all guards, whoever joins counts in one of them, and
 * neither has come between the other's reading and writing: with `joined`, what moves may be joined meanwhile, or be
 * what those who join have already. Nothing where the event blocks nothing.
 */
export async function guardWrites(
  scope: EventScope,
  { moves, joined, kinds = clashKinds }: Guarding,
): Promise<Write[]> {
  if (!kinds.some((kind) => scope.policy[kind] === 'block')) return []
  const only = ['sk', 'vr', 'jn']
  const rows = await queryRows<Guard>(scope, { pk: keys.planGuards(scope), only })
  const guard = (n: number) => rows.find(({ sk }) => sk === String(n))
  if (!moves) {
    const one = Math.floor(Math.random() * guards)
    const when = { equals: { vr: guard(one)?.vr } }
    return [update(keys.planGuard(scope, one), { add: { jn: 1 } }, when, 'conflict')]
  }
  return [...Array(guards).keys()].map((n) => {
    const { vr, jn } = guard(n) ?? {}
    const when = { equals: joined ? { vr, jn } : { vr } }
    return update(keys.planGuard(scope, n), { add: { vr: 1 } }, when, 'conflict')
  })
}

type Guarding = { moves: boolean; joined?: boolean; kinds?: readonly ClashKind[] }
