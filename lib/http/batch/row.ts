import type { ApiError } from '#lib/base/errors.ts'
import type { Fields } from '#lib/http/body.ts'

/** One row of a batch as it was sent: fields, or what is wrong with it before anybody looks what they mean. */
export type SentRow = Fields | ApiError

export type Done = { status: 'created' | 'updated' | 'unchanged'; id?: string; message?: string }
/** What became of a row. */
export type RowResult = Done | ApiError
