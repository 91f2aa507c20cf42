/** What is asked of a list. */
export type PageWanted = {
  limit: number
  offset: number
  /** Sort key after which to go on: takes the place of the offset. */
  after?: string | undefined
  /** Ids to leave out of rows and total though their rows may still be there. */
  without?: string[]
}

export type Page<T> = {
  /** Exact, over all pages. */
  total: number
  rows: T[]
  /** Sort key after which the next page starts; absent at the end. */
  next?: string | undefined
}

/**
 * The page that these sort keys, read for it, make: where the next one starts is known by what was read, since a
 * row that is joined to another may vanish before it is printed, and a shorter page must not look like the end.
 */
export function nextAfter(
  sks: string[],
  total: number,
  { limit, offset, after }: PageWanted,
): string | undefined {
  const more = sks.length === limit && (after !== undefined || offset + sks.length < total)
  return more ? sks.at(-1) : undefined
}

/** The page of a list at hand that is in the order of `keyOf`. */
export function pageOfList<T>(
  sorted: T[],
  keyOf: (one: T) => string,
  { limit, offset, after }: PageWanted,
): Page<T> {
  const start = after === undefined ? offset : firstBehind(sorted, keyOf, after)
  const rows = sorted.slice(start, start + limit)
  const last = sorted.length > start + limit ? rows.at(-1) : undefined
  return { total: sorted.length, rows, ...(last !== undefined && { next: keyOf(last) }) }
}

/** Where the first of a sorted list is that comes behind a key. */
function firstBehind<T>(sorted: T[], keyOf: (one: T) => string, after: string): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const one = sorted[middle]
    if (one !== undefined && keyOf(one) <= after) from = middle + 1
    else to = middle
  }
  return from
}
