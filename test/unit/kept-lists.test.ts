import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keptList, type ListState } from '#lib/table/kept-lists.ts'

const scope = { org: 'org', deadline: Number.POSITIVE_INFINITY }
const rows = [...Array(200).keys()]

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

let lists = 0

/** A list whose state the test says; gives how often its rows were read. */
function listOf(state: ListState) {
  lists += 1
  const name = `list ${lists}`
  let reads = 0
  const current = { state }
  const ask = async () => {
    const stateOf = async () => current.state
    await keptList(scope, name, stateOf, async () => {
      reads += 1
      return { rows, of: rows.length }
    })
    return reads
  }
  return { ask, current }
}

it('keeps rows while their state stays, for a second at first, then for a minute', async () => {
  const { ask, current } = listOf({ version: 'a' })
  expect([await ask(), await ask()]).toEqual([1, 1])
  vi.advanceTimersByTime(1_001)
  expect([await ask(), await ask()]).toEqual([2, 2])
  vi.advanceTimersByTime(59_000)
  expect(await ask()).toBe(2)
  vi.advanceTimersByTime(1_001)
  expect(await ask()).toBe(3)
  current.state = { version: 'b' }
  expect([await ask(), await ask()]).toEqual([4, 4])
})

it('keeps no rows that are not as many as are counted', async () => {
  const { ask, current } = listOf({ version: 'a', rows: rows.length + 1 })
  expect([await ask(), await ask()]).toEqual([1, 2])
  current.state = { version: 'a', rows: rows.length }
  expect([await ask(), await ask()]).toEqual([3, 3])
})

it('forgets what was used longest ago when it keeps too much', async () => {
  const first = listOf({ version: 'a' })
  const second = listOf({ version: 'a' })
  await first.ask()
  await second.ask()
  await first.ask()
  // 200 rows each: the next list is the one too many for the second alone.
  for (let n = 0; n < 499; n += 1) await listOf({ version: 'a' }).ask()
  expect(await first.ask()).toBe(1)
  expect(await second.ask()).toBe(2)
})
