import type { Key } from './keys.ts'
import type { EventScope } from './scope.ts'

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`

/** Rows that were read along with the event of a request. */
export const readAlong = (rows: Key[]): Map<string, object> =>
  new Map(rows.map((row) => [nameOf(row), row]))

/** The row of this key, if it was read along and nobody has taken it yet: who asks again reads anew. */
export function takeAlong<T>({ along }: Pick<EventScope, 'along'>, key: Key): T | undefined {
  const row = along?.get(nameOf(key))
  along?.delete(nameOf(key))
  return row as T | undefined
}
