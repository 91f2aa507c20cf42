import { isDeepStrictEqual } from 'node:util'
import { getRows } from './query.ts'
import type { Scope } from './scope.ts'
import { type Condition, keyOf, type Row, type Write } from './writes.ts'

export type Reason = { Code?: string | undefined; Item?: Row | undefined }

/**
 * What a transaction would be answered by what is there now, without writing anything: undefined when it would be
 * carried out, else the reason for each write, as the store gives them.
 */
export async function judge(scope: Scope, writes: Write[]): Promise<Reason[] | undefined> {
  const conditional = writes.filter(({ when }) => when)
  const rows = await getRows<Row>(scope, conditional.map(keyOf))
  const found = new Map(rows.map((row) => [nameOf(row), row]))
  const reasons = writes.map((write): Reason => {
    const row = found.get(nameOf(keyOf(write)))
    if (!write.when || holds(write.when, row)) return { Code: 'None' }
    return { Code: 'ConditionalCheckFailed', Item: row }
  })
  return reasons.some(({ Code }) => Code !== 'None') ? reasons : undefined
}

const nameOf = ({ pk, sk }: Row): string => `${pk}\n${sk}`

/** Whether a condition holds for a row, absent or not, as the store would say. */
function holds(
  { exists, vr, equals, below, above, atMost }: Condition,
  row: Row | undefined,
): boolean {
  if (exists !== undefined && exists !== (row !== undefined)) return false
  const wanted = Object.entries({ ...equals, ...(vr !== undefined && { vr }) })
  if (!wanted.every(([name, value]) => isDeepStrictEqual(row?.[name], value))) return false
  const number = (name: string) => row?.[name] as number | undefined
  const compared = (name: string, holds: (value: number) => boolean) => {
    const value = number(name)
    return value !== undefined && holds(value)
  }
  if (below && !compared(below[0], (value) => value < (number(below[1]) ?? value))) return false
  if (above && !compared(above[0], (value) => value > above[1])) return false
  return !atMost || compared(atMost[0], (value) => value <= atMost[1])
}
