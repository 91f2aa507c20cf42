/** Reads the first bits of an id as a number that grows with the id's sort order, and back to a bound. */
export type IdPrefix = {
  /** The first `count` bits of the id (count ≤ 20). */
  first: (id: string, count: number) => number
  /** The lowest sort key whose first `count` bits are `value`. */
  lowest: (value: number, count: number) => string
}

/** Base32 digits in the order in which DynamoDB sorts them: digits come before letters. */
const digits = '234567abcdefghijklmnopqrstuvwxyz'

/** Ids of ours: the four characters behind `per_` and its like are the first 20 bits. */
export const ownIdPrefix: IdPrefix = {
  first: (id, count) => {
    let value = 0
    for (const digit of id.slice(4, 8)) value = value * 32 + Math.max(0, digits.indexOf(digit))
    return value >> (20 - count)
  },
  lowest: (value, count) => {
    const all = value << (20 - count)
    return [15, 10, 5, 0].map((shift) => digits[(all >> shift) & 31]).join('')
  },
}

/** UUIDs: their first five hex digits are the first 20 bits. */
export const hexIdPrefix: IdPrefix = {
  first: (id, count) => Number.parseInt(id.slice(0, 5), 16) >> (20 - count),
  lowest: (value, count) => (value << (20 - count)).toString(16).padStart(5, '0'),
}
