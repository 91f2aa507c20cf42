import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  formatInstant,
  formatMillis,
  instantOf,
  instantToLocal,
  isDate,
  isZone,
  localToInstant,
  now,
  parseInstant,
  parseLocalTime,
  printTime,
  setClock,
  toUnix,
  zoneOffset,
} from '#lib/base/time.ts'
import { offsetMinutes } from '#lib/base/zone.ts'

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'UTC',
]
const millis = fc.integer({ min: Date.UTC(1973, 0, 1), max: Date.UTC(2900, 0, 1) })

describe('an instant', () => {
  it('is printed on the clocks of the event', () => {
    const instant = '2016-09-02T19:26:49.987Z'
    expect(formatInstant(instant, 'America/New_York')).toBe('2016-09-02T15:26:49-04:00')
    expect(formatMillis(instant, 'America/New_York')).toBe('2016-09-02T15:26:49.987-04:00')
    expect(formatInstant(instant, 'UTC')).toBe('2016-09-02T19:26:49+00:00')
    expect(zoneOffset('Asia/Kathmandu', instant)).toBe('+05:45')
    expect(zoneOffset('America/St_Johns', instant)).toBe('-02:30')
    expect(toUnix(instant)).toBe(1_472_844_409)
  })

  it('is read back from what was printed, in every zone', () => {
    fc.assert(
      fc.property(millis, fc.constantFrom(...zones), (at, zone) => {
        expect(parseInstant(formatMillis(instantOf(at), zone))).toBe(instantOf(at))
      }),
    )
  })

  it.each([
    ['2020-11-11T15:04:03.000-08:00', '2020-11-11T23:04:03.000Z'],
    ['2020-02-29T23:59:59.123456789+02:00', '2020-02-29T21:59:59.123Z'],
    ['2015-09-09T12:00:00Z', '2015-09-09T12:00:00.000Z'],
    ['2015-09-09t12:00:00z', '2015-09-09T12:00:00.000Z'],
    ['2015-09-09 12:00:00Z', '2015-09-09T12:00:00.000Z'],
    ['2015-09-09 12:00:00.5+02:00', '2015-09-09T10:00:00.500Z'],
    ['2015-09-09t12:00:00-00:00', '2015-09-09T12:00:00.000Z'],
    ['2021-01-01T00:00:00.1234567890Z', '2021-01-01T00:00:00.123Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2999-12-31T23:59:59.9Z', '2999-12-31T23:59:59.900Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })

  it.each([
    ['2015-09-09T12:00:00', 'no offset'],
    ['2015-09-09T12:00:00 02:00', 'a plus that became a blank'],
    ['2015-09-0912:00:00Z', 'no T'],
    ['2015-09-09T12:00Z', 'no seconds'],
    ['2021-02-29T00:00:00Z', 'no leap year'],
    ['2021-04-31T00:00:00Z', 'no 31 April'],
    ['2021-01-01T24:00:00Z', 'hour 24'],
    ['2016-12-31T23:59:60Z', 'a leap second'],
    ['2021-01-01T00:00:00+15:00', 'an offset nobody has'],
    ['2021-01-01T00:00:00+0200', 'an offset without colon'],
    ['1969-12-31T23:59:59Z', 'before 1970'],
    ['1970-01-01T00:00:00+02:00', 'before 1970 in UTC'],
    ['3000-01-01T00:00:00Z', 'after 2999'],
    ['+002021-01-01T00:00:00Z', 'a long year'],
    ['2021-01-01T00:00:00.Z', 'no digits'],
    ['1625097600', 'a number'],
    ['', 'nothing'],
  ])('%j is refused: %s', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  it('comes from a clock that can be replaced for a while', () => {
    const restore = setClock(() => Date.UTC(2030, 0, 1))
    expect(now()).toBe('2030-01-01T00:00:00.000Z')
    restore()
    expect(now()).not.toBe('2030-01-01T00:00:00.000Z')
  })
})

describe('a zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'Etc/GMT+5', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires'])(
    '%s is one',
    (id) => {
      expect(isZone(id)).toBe(true)
    },
  )

  it.each(['+02:00', '-0500', 'Z', '', 'Nowhere/City', 'Europe/Berlin\n', 'a'.repeat(1000), '🎪'])(
    '%j is none',
    (id) => {
      expect(isZone(id)).toBe(false)
    },
  )
})

describe('a local time', () => {
  it('does not exist in the hour that spring skips', () => {
    expect(localToInstant('2026-03-29', 2, 0, 'Europe/Berlin')).toBeUndefined()
    expect(localToInstant('2026-03-29', 2, 59, 'Europe/Berlin')).toBeUndefined()
    expect(localToInstant('2026-03-29', 3, 0, 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z')
    expect(localToInstant('2026-03-08', 2, 30, 'America/New_York')).toBeUndefined()
  })

  it('is the earlier of two where autumn repeats an hour', () => {
    expect(localToInstant('2026-10-25', 2, 30, 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
    expect(localToInstant('2026-10-25', 3, 0, 'Europe/Berlin')).toBe('2026-10-25T02:00:00.000Z')
  })

  it('does not exist on the day that Samoa left out', () => {
    expect(localToInstant('2011-12-30', 12, 0, 'Pacific/Apia')).toBeUndefined()
  })

  it('does not exist on a day that no calendar has', () => {
    expect(localToInstant('2026-02-29', 12, 0, 'UTC')).toBeUndefined()
  })

  it('gives an instant that shows this very time', () => {
    const minutes = fc.integer({ min: 0, max: 400_000_000 })
    fc.assert(
      fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
        const wall = instantOf(Date.UTC(1973, 0, 1) + minute * 60_000)
        const date = wall.slice(0, 10)
        const instant = localToInstant(date, +wall.slice(11, 13), +wall.slice(14, 16), zone)
        if (instant === undefined) return
        expect(instantToLocal(instant, zone)).toMatchObject({ date, time: wall.slice(11, 16) })
      }),
    )
  })

  it('knows its weekday, Monday first', () => {
    expect(instantToLocal('2026-11-22T23:30:00.000Z', 'Europe/Berlin')).toEqual({
      date: '2026-11-23',
      time: '00:30',
      weekday: 1,
    })
    expect(instantToLocal('2026-11-22T12:00:00.000Z', 'UTC').weekday).toBe(7)
    expect(instantToLocal('1970-01-01T00:00:00.000Z', 'America/New_York').weekday).toBe(3)
  })

  it('is written with a hyphen, but read with a colon as well', () => {
    expect(parseLocalTime('09-05')).toEqual({ hour: 9, minute: 5 })
    expect(parseLocalTime('23:59')).toEqual({ hour: 23, minute: 59 })
    for (const text of ['09:05:00', '09-05-00', '09:05:00.000']) {
      expect(parseLocalTime(text)).toEqual({ hour: 9, minute: 5 })
    }
    expect(printTime({ hour: 9, minute: 5 })).toBe('09-05')
    for (const text of [
      '24-00',
      '24:00',
      '9:05',
      '12:60',
      '12',
      '12:00:30',
      '12:00:',
      '',
      '٠٩:٠٥',
    ]) {
      expect(parseLocalTime(text)).toBeUndefined()
    }
  })
})

describe('a date', () => {
  it.each(['1970-01-01', '2000-02-29', '2024-02-29', '2999-12-31'])('%s is one', (text) => {
    expect(isDate(text)).toBe(true)
  })

  it.each(['1969-12-31', '3000-01-01', '2100-02-29', '2023-04-31', '2023-00-10', '2023-1-1', ''])(
    '%j is none',
    (text) => {
      expect(isDate(text)).toBe(false)
    },
  )

  it('can be moved over the ends of months and years', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  })
})

it('knows the offset of every quarter of an hour, also where clocks change', () => {
  const quarter = 15 * 60_000
  // A week around a change at 00:01, by half an hour, for Ramadan, of a date line, and of none.
  for (const [zone, around] of [
    ['America/St_Johns', '2010-03-14'],
    ['Australia/Lord_Howe', '2027-04-04'],
    ['Africa/Casablanca', '2026-02-15'],
    ['Pacific/Apia', '2011-12-30'],
    ['Europe/Berlin', '2027-03-28'],
    ['Asia/Kathmandu', '2027-03-28'],
  ] as const) {
    const start = Date.parse(around) - 84 * 3_600_000
    for (let at = start; at < start + 7 * 86_400_000; at += quarter) {
      const { offsetNanoseconds } =
        Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
      expect(offsetMinutes(zone, at)).toBe(offsetNanoseconds / 60e9)
    }
  }
})
