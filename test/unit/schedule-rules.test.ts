import { expect, test } from 'vitest'
import { instantOf } from '#lib/base/time.ts'
import { spanName, staysIn } from '#lib/model/log-days.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { currentSchedule, personNumber } from '#lib/model/schedule-rules.ts'
import { concurrencyOf } from '#lib/store/read/usage-report.ts'

const schedule = (id: number, startsAt: string, endsAt?: string): Schedule => ({
  id,
  guid: '',
  startsAt,
  endsAt,
  status: 'Active',
  onDemandUrl: '',
  createdAt: startsAt,
  updatedAt: startsAt,
  vr: 1,
})

test('counts a schedule without an end as on for a day', () => {
  const open = schedule(1, '2027-05-04T09:00:00.000Z')
  const next = schedule(2, '2027-05-06T09:00:00.000Z')
  const at = (now: string) => currentSchedule([next, open], now)?.id
  expect(at('2027-05-05T08:59:59.999Z')).toBe(1)
  expect(at('2027-05-05T09:00:00.000Z')).toBe(2)
  expect(currentSchedule([], '2027-05-05T09:00:00.000Z')).toBeUndefined()
})

test('reads back the presences that it named, to the millisecond until the year 2999', () => {
  const spans = [
    ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ['2020-11-11T23:04:03.007Z', '2020-11-12T06:32:04.999Z'],
    ['2999-12-30T00:00:00.001Z', '2999-12-31T00:00:00.000Z'],
  ] as const
  const named = spans.map(([from, to], n) => [spanName(from, to), n + 1])
  const row = { sk: '0000000042#2020-11-11', ct: 3, ...Object.fromEntries(named) }
  const read = staysIn(row).map(({ id, user, timeIn, timeOut }) => ({
    id,
    user,
    span: [instantOf(timeIn), instantOf(timeOut)],
  }))
  expect(read).toEqual(spans.map((span, n) => ({ id: n + 1, user: 42, span: [...span] })))
})

test('shows the highest of several minutes where there are too many to show each', () => {
  const minutes = [...Array(20_000).keys()].map((n) => ({
    minute: instantOf(n * 60_000),
    users: n === 7 ? 9 : 1,
  }))
  const { step, points } = concurrencyOf(minutes)
  expect([step, points.length]).toEqual([5, 4000])
  expect(points[1]).toEqual({ minute: instantOf(5 * 60_000), users: 9 })
})

test('gives a person the same safe integer always', () => {
  const id = 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa'
  expect(personNumber(id)).toBe(personNumber(id))
  expect(Number.isSafeInteger(personNumber(id))).toBe(true)
  expect(personNumber(id)).not.toBe(personNumber('per_baaaaaaaaaaaaaaaaaaaaaaaaa'))
})
