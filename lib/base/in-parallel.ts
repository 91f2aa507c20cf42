/** Does work on each of a list, at most `most` at a time, and gives the results in the list's order. */
export async function inParallel<T, R>(
  all: readonly T[],
  most: number,
  work: (one: T, n: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    for (let n = next++; n < all.length; n = next++) results[n] = await work(all[n] as T, n)
  }
  await Promise.all([...Array(Math.min(most, all.length))].map(lane))
  return results
}
