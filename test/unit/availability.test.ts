import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, instantToLocal } from '#lib/base/time.ts'
import {
  type AvailabilityRule,
  availability,
  contains,
  eventSpan,
  freeSlots,
  type Interval,
  intersect,
  MAX_SLOTS,
  merge,
  ruleFault,
  subtract,
} from '#lib/model/availability.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = (text: string) => Date.parse(text)
const always = { start: 0, end: at('2100-01-01T00:00Z') }
const texts = (intervals: readonly Interval[]) =>
  intervals.map(
    ({ start, end }) => `${instantOf(start).slice(5, 16)} ${instantOf(end).slice(5, 16)}`,
  )
const on = (rules: AvailabilityRule[], zone: string, from: string, to: string) =>
  texts(availability(rules, zone, { from: at(from), to: at(to) }, always))

// Places and days where clocks change: by an hour, by half of one, by a day, and not at all.
const changes: [zone: string, near: string][] = [
  ['Europe/Berlin', '2026-03-28T12:00Z'],
  ['Europe/Berlin', '2026-10-24T12:00Z'],
  ['America/New_York', '2026-03-07T18:00Z'],
  ['America/New_York', '2026-10-31T18:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T00:00Z'],
  ['Pacific/Apia', '2011-12-29T12:00Z'],
  ['America/Sao_Paulo', '2018-11-03T12:00Z'],
  ['Asia/Kathmandu', '2026-05-05T00:00Z'],
  ['UTC', '2026-12-31T00:00Z'],
]

const time = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((n) => `${n}`.padStart(2, '0')).join(':')
const times = fc
  .tuple(fc.nat(1439), fc.integer({ min: 1, max: 1440 }))
  .map(([from, length]) => ({ start: time(from), end: time(Math.min(1440, from + length)) }))

function rulesNear(day: number): fc.Arbitrary<AvailabilityRule[]> {
  const dates = fc
    .integer({ min: -2, max: 4 })
    .map((step) => instantOf(day + step * 24 * HOUR).slice(0, 10))
  return fc.array(
    fc.oneof(
      fc.record({ date: dates, when: times }).map(({ date, when }) => ({ date, ...when })),
      fc
        .record({ weekday: fc.integer({ min: 1, max: 7 }), when: times })
        .map(({ weekday, when }) => ({ weekday, ...when })),
    ),
    { minLength: 1, maxLength: 4 },
  )
}

function named(rules: readonly AvailabilityRule[], zone: string, millis: number): boolean {
  const local = instantToLocal(instantOf(millis), zone)
  return rules.some(
    (rule) =>
      (rule.date ?? local.date) === local.date &&
      (rule.weekday ?? local.weekday) === local.weekday &&
      rule.start <= local.time &&
      local.time < rule.end,
  )
}

describe('availability', () => {
  test('is every minute whose local time a rule names, also where clocks change', () => {
    const cases = fc.constantFrom(...changes).chain(([zone, near]) =>
      fc.record({
        zone: fc.constant(zone),
        from: fc.integer({ min: 0, max: 600 }).map((n) => at(near) + n * MINUTE),
        length: fc.integer({ min: 1, max: 2000 }),
        rules: rulesNear(at(near)),
      }),
    )
    fc.assert(
      fc.property(cases, ({ zone, from, length, rules }) => {
        const to = from + length * MINUTE
        const minutes = Array.from({ length }, (_, n) => from + n * MINUTE)
        const expected = merge(
          minutes
            .filter((start) => named(rules, zone, start))
            .map((start) => ({ start, end: start + MINUTE })),
        )
        expect(availability(rules, zone, { from, to }, always)).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  test('without rules is the whole event, within the window', () => {
    const event = eventSpan('2026-06-01', '2026-06-02', 'America/New_York')
    expect(texts([event])).toEqual(['06-01T04:00 06-03T04:00'])
    const window = { from: at('2026-06-02T00:00Z'), to: at('2026-07-01T00:00Z') }
    expect(texts(availability([], 'UTC', window, event))).toEqual(['06-02T00:00 06-03T04:00'])
    expect(availability([], 'UTC', { from: event.end, to: event.end + 1 }, event)).toEqual([])
  })

  test('never reaches beyond the event, whatever the rules say', () => {
    const event = eventSpan('2026-06-01', '2026-06-01', 'UTC')
    const rules = [
      { weekday: 1, start: '20:00', end: '24:00' },
      { weekday: 2, start: '00:00', end: '09:00' },
    ]
    expect(texts(availability(rules, 'UTC', { from: 0, to: always.end }, event))).toEqual([
      '06-01T20:00 06-02T00:00',
    ])
  })

  test('that starts in the hour skipped in spring starts when the gap ends', () => {
    const rules = [{ date: '2026-03-29', start: '02:30', end: '04:00' }]
    expect(on(rules, 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toEqual([
      '03-29T01:00 03-29T02:00',
    ])
  })

  test('in the hour that comes twice in autumn counts twice', () => {
    const rules = [{ date: '2026-10-25', start: '02:15', end: '02:45' }]
    expect(on(rules, 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T00:00Z')).toEqual([
      '10-25T00:15 10-25T00:45',
      '10-25T01:15 10-25T01:45',
    ])
  })

  test('keeps its local hour through a change of clocks', () => {
    const rules = [
      { weekday: 6, start: '09:00', end: '10:00' },
      { weekday: 7, start: '09:00', end: '10:00' },
    ]
    expect(on(rules, 'Europe/Berlin', '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toEqual([
      '03-28T08:00 03-28T09:00',
      '03-29T07:00 03-29T08:00',
    ])
  })

  test('an event in a zone where midnight is skipped begins when its day does', () => {
    const event = eventSpan('2018-11-04', '2018-11-04', 'America/Sao_Paulo')
    expect(texts([event])).toEqual(['11-04T03:00 11-05T02:00'])
  })
})

describe('a rule', () => {
  const good = { date: '2026-02-28', start: '09:00', end: '24:00' }
  test.each<[string, AvailabilityRule, string | undefined]>([
    ['to the end of the day', good, undefined],
    ['of a weekday', { weekday: 7, start: '00:00', end: '00:01' }, undefined],
    ['of no day', { start: '09:00', end: '10:00' }, 'date'],
    ['of a date and a weekday', { ...good, weekday: 1 }, 'date'],
    ['of a date that is none', { ...good, date: '2026-02-29' }, 'date'],
    ['of month 13', { ...good, date: '2026-13-01' }, 'date'],
    ['of weekday 0', { weekday: 0, start: '09:00', end: '10:00' }, 'weekday'],
    ['of weekday 1.5', { weekday: 1.5, start: '09:00', end: '10:00' }, 'weekday'],
    ['from 24:00', { ...good, start: '24:00' }, 'start'],
    ['from 9:00', { ...good, start: '9:00' }, 'start'],
    ['to 24:01', { ...good, end: '24:01' }, 'end'],
    ['over midnight', { ...good, start: '22:00', end: '02:00' }, 'end'],
    ['of no length', { ...good, end: '09:00' }, 'end'],
  ])('%s names what is wrong, if anything', (_, rule, fault) => {
    expect(ruleFault(rule)).toBe(fault)
  })
})

const spans = fc.array(
  fc.tuple(fc.nat(60), fc.nat(20)).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 6 },
)
const inside = (intervals: readonly Interval[], point: number) =>
  intervals.some(({ start, end }) => start <= point && point < end)
const points = Array.from({ length: 82 }, (_, n) => n)

describe('intervals', () => {
  test('are joined, cut or taken away point by point', () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const seen = (intervals: readonly Interval[]) => points.map((n) => inside(intervals, n))
        expect(seen(merge(a))).toEqual(seen(a))
        expect(seen(intersect(a, b))).toEqual(points.map((n) => inside(a, n) && inside(b, n)))
        expect(seen(subtract(a, b))).toEqual(points.map((n) => inside(a, n) && !inside(b, n)))
        for (const result of [merge(a), intersect(a, b), subtract(a, b)]) {
          expect(result.every(({ start, end }) => start < end)).toBe(true)
          expect(result.every((one, n) => one.start > (result[n - 1]?.end ?? -1))).toBe(true)
        }
      }),
    )
  })

  test('contain a meeting only whole', () => {
    fc.assert(
      fc.property(spans, fc.nat(70), fc.integer({ min: -2, max: 12 }), (all, start, length) => {
        const minutes = Array.from({ length: Math.max(0, length) }, (_, n) => start + n)
        const whole = length > 0 && minutes.every((minute) => inside(all, minute))
        expect(contains(all, start, start + length)).toBe(whole)
      }),
    )
  })
})

describe('free slots', () => {
  const grid = (intervals: readonly Interval[]) =>
    intervals.map(({ start, end }) => ({ start: start * MINUTE, end: end * MINUTE }))

  test('are exactly the starts on the grid from which both are free to the end', () => {
    const lengths = fc.constantFrom(5, 10, 14, 15, 20, 30, 45)
    const long = spans.map((some) =>
      some.map(({ start, end }) => ({ start: start * 4, end: start * 4 + (end - start) * 9 })),
    )
    fc.assert(
      fc.property(long, long, spans, lengths, (a, b, busy, length) => {
        const free = (n: number) => inside(a, n) && inside(b, n) && !inside(busy, n)
        const starts = Array.from({ length: 600 }, (_, n) => n)
          .filter((n) => n % (length < 15 ? 5 : 15) === 0)
          .filter((n) => Array.from({ length }, (_, step) => n + step).every(free))
        const found = freeSlots(grid(a), grid(b), grid(busy), length)
        expect(found).toEqual(grid(starts.map((start) => ({ start, end: start + length }))))
      }),
    )
  })

  test('start on the quarter hour, whenever both are free', () => {
    const day = grid([{ start: 7, end: 100 }])
    expect(freeSlots(day, day, [], 30)).toEqual(
      grid([
        { start: 15, end: 45 },
        { start: 30, end: 60 },
        { start: 45, end: 75 },
        { start: 60, end: 90 },
      ]),
    )
  })

  test('are never more than one answer can hold', () => {
    expect(freeSlots([always], [always], [], 15)).toHaveLength(MAX_SLOTS)
  })
})
