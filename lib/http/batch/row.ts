import { ApiError, type ErrorDetail, type ErrorName } from '#lib/base/errors.ts'
import type { Fields } from '#lib/http/body.ts'

/** One row of a batch as it was sent: fields, or what is wrong with it before anybody looks what they mean. */
export type SentRow = Fields | ApiError

export type Done = { status: 'created' | 'updated' | 'unchanged'; id?: string; message?: string }
/** What became of a row. */
export type RowResult = Done | ApiError
/** The same of rows in their order; nothing where there was no time for one. */
export type RowResults = (RowResult | undefined)[]

type Written = { value: unknown } | { reason: ErrorName; detail: ErrorDetail } | null

/** Rows, or what became of them, as a text that can be kept. */
export const asText = (rows: (object | undefined)[]): string =>
  JSON.stringify(
    rows.map((one): Written => {
      if (one === undefined) return null
      return one instanceof ApiError ? { reason: one.reason, detail: one.detail } : { value: one }
    }),
  )

/** And back. */
export const ofText = <T = Done>(text: string): (T | ApiError | undefined)[] =>
  (JSON.parse(text) as Written[]).map((one) => {
    if (one === null) return undefined
    return 'reason' in one ? new ApiError(one.reason, one.detail) : (one.value as T)
  })
