import { randomUUID } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import type { Session } from '#lib/model/session.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, type Write } from '#lib/table/writes.ts'
import { type Changeset, JobOpen, load } from './changeset.ts'
import type { SeatsRow } from './seat-shares.ts'
import { stage } from './stage.ts'

/** Somebody in the line of a session. */
export type Waiting = Key & { person: string }

/** So many are given a seat in one transaction; whoever is left is given one right behind it, in their order. */
export const promotedAtOnce = 12
/** The capacity of a session that has none any more, while those who waited are given their seats. */
export const noLimit = 1_000_000_000

/** What a change does to the line of a session, beside the seats that it takes or frees. */
export type LineChange = { net: number; began: string[]; ended: string[] }

/**
 * The write of seats for which somebody waits, or begins to. Whoever waits longest is staged as promoted while a seat
 * is free; whoever comes anew is staged with the last place.
 */
export async function lineWrite(
  changeset: Changeset,
  { id }: Pick<Session, 'id'>,
  { seats, change }: { seats: SeatsRow; change: LineChange },
): Promise<Write> {
  const { scope } = changeset
  const { net, began, ended } = change
  const capacity = changeset.promoting.get(id)?.capacity ?? seats.cap
  const free = capacity - seats.ct - net
  const before = seats.wn ?? 0
  if (began.length > 0 && before === 0 && free > 0) throw new VersionConflict()
  const promoted = await promote(changeset, id, { count: Math.min(free, before), without: ended })
  let place = seats.ws ?? 0
  for (const person of began) {
    place += 1
    const staged = changeset.people.get(person)?.after
    if (staged?.waits) staged.waits = { ...staged.waits, [id]: place }
  }
  const { wn: _, pk: __, sk: ___, ...rest } = seats
  const left = before + began.length - ended.length - promoted
  const ct = seats.ct + net + promoted
  const next = { ...rest, ct, cap: capacity, ws: place, vr: randomUUID() }
  const row = { ...keys.seats(scope, id), ...next, ...(left > 0 && { wn: left }) }
  const read = { ct: seats.ct, cap: seats.cap, wn: seats.wn, vr: seats.vr }
  return put(row, { exists: true, equals: read }, 'conflict')
}

/** Stages the first in line as attending; says how many. */
async function promote(
  changeset: Changeset,
  session: string,
  { count, without }: { count: number; without: string[] },
): Promise<number> {
  const wanted = Math.min(count, promotedAtOnce)
  if (wanted <= 0) return 0
  const { scope } = changeset
  const rows = await inLine(scope, session, wanted + without.length + scope.deleting.size)
  const gone = new Set([...without, ...scope.deleting])
  const next = rows.map(({ person }) => person).filter((person) => !gone.has(person))
  let promoted = 0
  for (const person of next.slice(0, wanted)) {
    const change = { link: { kind: 'attends', person, session }, added: true } as const
    await load(changeset, [change])
    const open = changeset.waiting.get(person)
    if (open !== undefined && open !== changeset.job?.id) throw new JobOpen(open)
    const staged = changeset.people.get(person)
    // Hidden since this request began: their place goes with them.
    if (!staged || staged.after.hidden) continue
    if (staged.after.waits?.[session] === undefined) throw new VersionConflict()
    stage(changeset, change)
    promoted += 1
  }
  return promoted
}

/** The first in line, in their order. */
export const inLine = (scope: EventScope, session: string, limit?: number): Promise<Waiting[]> =>
  queryRows<Waiting>(scope, {
    pk: keys.seats(scope, session).pk,
    from: 'W#',
    to: 'W#~',
    ...(limit !== undefined && { limit }),
  })

/** Nobody takes a seat past somebody who waits. */
export function refuseOvertaking({ ct, cap, wn }: SeatsRow): void {
  if (cap === noLimit) throw new VersionConflict()
  if (wn || ct >= cap) throw new ApiError('session_full')
}
