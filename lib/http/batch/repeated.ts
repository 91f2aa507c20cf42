import { ApiError } from '#lib/base/errors.ts'
import { fieldOf, type Names, type Naming } from './known-by.ts'
import type { RowResult } from './row.ts'

type Earlier = { row: number; field: string }
/** A row as far as it can be told what it is about: the object's id where one is there, and what it names. */
type About = { names: Names; id?: string } | ApiError

/** For each row, those before it that are about the same: they name one object, or claim what one object alone can have. */
export function earlierRows(naming: Naming, rows: About[]): Earlier[][] {
  const claimed = new Map<string, number[]>()
  return rows.map((one, row) =>
    claimsOf(naming, one).flatMap(([claim, field]) => {
      const before = claimed.get(claim) ?? []
      claimed.set(claim, [...before, row])
      return before.map((earlier) => ({ row: earlier, field }))
    }),
  )
}

/**
 * Waits for earlier rows about the same: false when there was no time for one of them. Throws `repeated_row` when one of
 * them has succeeded.
 */
export async function areEarlierOver(
  earlier: Earlier[],
  results: Promise<RowResult | undefined>[],
): Promise<boolean> {
  for (const { row, field } of earlier) {
    const result = await results[row]
    if (!result) return false
    if (!(result instanceof ApiError)) throw repeatedRow({ row, field })
  }
  return true
}

export const repeatedRow = ({ row, field }: Earlier): ApiError =>
  new ApiError('repeated_row', {
    field,
    message: `Row ${row + 1} of this batch is about the same object.`,
  })

function claimsOf(naming: Naming, one: About): [claim: string, field: string][] {
  if (one instanceof ApiError) return []
  const { id, names } = one
  return [
    ...(id === undefined ? [] : [[`id ${id}`, naming.idField] as [string, string]]),
    ...names.externalIds.map((external): [string, string] => [
      `external ${external.system}\n${external.id}`,
      'external_ids',
    ]),
    ...(names.email === undefined
      ? []
      : [[`email ${names.email}`, fieldOf(naming, 'email')] as [string, string]]),
  ]
}
