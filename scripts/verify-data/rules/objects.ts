import type { Seen } from '../facts.ts'

/** Objects of the bucket are read like rows, in a partition that no row can have. */
export const objectsPk = ' objects'

export const objectKey = (key: string) => ({ pk: objectsPk, sk: key })

export const wantsObject = (seen: Seen, key: string): void =>
  seen.agrees('object', key, 1, () => [objectKey(key)])

/** Where the row is that should name an object, as far as its key tells. */
export function object(seen: Seen): void {
  const { sk } = seen.row
  seen.agrees('object', sk, -1, () => [])
}
