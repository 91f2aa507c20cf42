import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf } from '#lib/base/time.ts'
import { type GroupStay, startUsage, usageOf } from '#lib/model/usage.ts'

const base = Date.UTC(2026, 4, 1, 9)
const log = (user: number, from: number, to: number, group = 1): GroupStay => ({
  user,
  group,
  in: base + from * 1000,
  out: base + to * 1000,
})
const seconds = (logs: GroupStay[]) => usageOf(logs).total.seconds

const anyLogs = fc.array(
  fc
    .tuple(fc.nat(4), fc.nat(2), fc.nat(600), fc.nat(200))
    .map(([user, group, from, size]) => log(user, from, from + size, group)),
  { maxLength: 30 },
)

describe('usage', () => {
  it('counts a second once, however many windows a user has open', () => {
    expect(seconds([log(1, 0, 100), log(1, 50, 150)])).toBe(150)
    expect(seconds([log(1, 0, 100), log(1, 10, 20)])).toBe(100)
    expect(seconds([log(1, 0, 100), log(1, 100, 150)])).toBe(150)
    expect(seconds([log(1, 0, 100), log(1, 101, 150)])).toBe(149)
    expect(seconds([log(1, 0, 100), log(1, 0, 100)])).toBe(100)
    expect(seconds([log(1, 0, 100), log(2, 0, 100)])).toBe(200)
    expect(seconds([log(1, 7, 7)])).toBe(0)
  })

  it('cuts to whole seconds once per user, so that all sums add up', () => {
    const logs = [log(1, 0, 0.6), log(1, 2, 2.6), log(2, 0, 1.9), log(3, 0, 0.999, 2)]
    const { users, groups, total } = usageOf(logs)
    expect(users.map((user) => user.seconds)).toEqual([1, 1, 0])
    expect(groups.map((group) => group.seconds)).toEqual([2, 0])
    expect(total.seconds).toBe(2)
  })

  it('tells of everyone first in, last out, number of logs', () => {
    const logs = [log(2, 50, 60), log(1, 10, 400), log(1, 20, 30), log(9, 5, 6, 2)]
    const { users, groups, total } = usageOf(logs)
    const at = (second: number) => instantOf(base + second * 1000)
    expect(users).toEqual([
      { user: 1, group: 1, seconds: 390, logs: 2, firstIn: at(10), lastOut: at(400) },
      { user: 2, group: 1, seconds: 10, logs: 1, firstIn: at(50), lastOut: at(60) },
      { user: 9, group: 2, seconds: 1, logs: 1, firstIn: at(5), lastOut: at(6) },
    ])
    expect(groups).toEqual([
      { group: 1, users: 2, seconds: 400, logs: 3, firstIn: at(10), lastOut: at(400) },
      { group: 2, users: 1, seconds: 1, logs: 1, firstIn: at(5), lastOut: at(6) },
    ])
    expect(total).toEqual({ users: 3, seconds: 401, logs: 4, firstIn: at(5), lastOut: at(400) })
  })

  it('is all zeros without logs', () => {
    expect(usageOf([])).toEqual({
      users: [],
      groups: [],
      total: { seconds: 0, users: 0, logs: 0, firstIn: null, lastOut: null },
      concurrency: [],
    })
  })

  it('counts a user in exactly the minutes that the presence touches', () => {
    const { concurrency } = usageOf([
      log(1, 0, 60),
      log(2, 59, 61),
      log(2, 70, 80),
      log(3, 180, 181),
    ])
    expect(concurrency).toEqual([
      { minute: '2026-05-01T09:00:00.000Z', users: 2 },
      { minute: '2026-05-01T09:01:00.000Z', users: 1 },
      { minute: '2026-05-01T09:02:00.000Z', users: 0 },
      { minute: '2026-05-01T09:03:00.000Z', users: 1 },
    ])
  })

  it('lists empty minutes only within a week', () => {
    const week = 7 * 86_400
    expect(usageOf([log(1, 0, 60), log(1, week - 60, week)]).concurrency).toHaveLength(10_080)
    expect(usageOf([log(1, 0, 60), log(1, week, week + 60)]).concurrency).toHaveLength(2)
  })

  it('equals a count of every single second and minute', () => {
    fc.assert(
      fc.property(anyLogs, (logs) => {
        const present = logs.flatMap(({ user, group, in: from, out }) =>
          Array.from({ length: (+out - +from) / 1000 }, (_, at) => ({
            row: `${group}/${user}`,
            user,
            at: (+from - base) / 1000 + at,
          })),
        )
        const { users, total, groups, concurrency } = usageOf(logs)
        const distinct = new Set(present.map(({ row, at }) => `${row}@${at}`))
        expect(total.seconds).toBe(distinct.size)
        for (const { user, group, seconds: told } of users) {
          const own = [...distinct].filter((key) => key.startsWith(`${group}/${user}@`))
          expect(told).toBe(own.length)
        }
        expect(groups.reduce((sum, group) => sum + group.seconds, 0)).toBe(total.seconds)
        for (const { minute, users: told } of concurrency) {
          const at = (Date.parse(minute) - base) / 60_000
          const here = present.filter((one) => Math.floor(one.at / 60) === at)
          expect(told).toBe(new Set(here.map(({ user }) => user)).size)
        }
        const minutes = new Set(present.map(({ user, at }) => `${user}@${Math.floor(at / 60)}`))
        expect(concurrency.reduce((sum, { users: told }) => sum + told, 0)).toBe(minutes.size)
      }),
    )
  })

  it('does not depend on the order of logs, nor on how they are read', () => {
    fc.assert(
      fc.property(anyLogs, (logs) => {
        const usage = startUsage()
        for (const one of [...logs].reverse()) {
          usage.add({ ...one, in: instantOf(+one.in), out: instantOf(+one.out) })
        }
        expect(usage.result()).toEqual(usageOf(logs))
      }),
    )
  })
})
