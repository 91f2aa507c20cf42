import ICAL from 'ical.js'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { clockOf } from '#lib/base/clock-changes.ts'
import { instantOf } from '#lib/base/time.ts'
import { zoneNamed } from '#lib/base/zone.ts'
import { calendarOf } from '#lib/wire/calendar.ts'

const zones = [
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Antarctica/Troll',
  'UTC',
]

test('finds every change of the clocks that Temporal finds', () => {
  for (const zone of zones) {
    const found = clockOf(zone, 2024, 2029).changes.map(({ at, from, to }) => [at, from, to])
    const known: number[][] = []
    let at = Temporal.Instant.from('2023-12-31T23:59:59Z').toZonedDateTimeISO(zone)
    for (;;) {
      const next = at.getTimeZoneTransition('next')
      if (!next || next.toInstant().toString() >= '2030') break
      const before = next.subtract({ nanoseconds: 1 })
      known.push([
        next.epochMilliseconds,
        before.offsetNanoseconds / 6e10,
        next.offsetNanoseconds / 6e10,
      ])
      at = next
    }
    expect([zone, found]).toEqual([zone, known])
  }
})

const session = (start: number, end: number) => ({
  id: `ses_${start}`,
  name: 'Party',
  descriptionHtml: '',
  start: instantOf(start),
  end: instantOf(end),
  sequence: 0,
  updatedAt: '2026-01-02T03:04:05.000Z',
})

function zoneIn(text: string): ICAL.Timezone {
  const part = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vtimezone')
  if (!part) throw new Error('no zone')
  return new ICAL.Timezone(part)
}

const hour = 3_600_000

test('keeps the zone whole when sessions begin and end at the very instant of a change', () => {
  for (const zone of zones) {
    const { changes } = clockOf(zone, 2027, 2027)
    const sessions = changes.flatMap(({ at }) => [session(at - hour, at), session(at, at + hour)])
    const text = calendarOf({ name: 'x', zone, day: '2027-05-01', sessions })
    const starts = new ICAL.Component(ICAL.parse(text))
      .getAllSubcomponents('vtimezone')
      .flatMap((part) => part.getAllSubcomponents())
      .map((part) => part.getFirstPropertyValue('dtstart')?.toString().slice(0, 4))
    if (changes.length > 0)
      expect([zone, starts]).toEqual([zone, expect.arrayContaining(['2026', '2027', '2028'])])
    for (const block of text.match(/BEGIN:(?:STANDARD|DAYLIGHT)[\s\S]*?END/g) ?? []) {
      const [, from, to] = /FROM:(\S+)\r\nTZOFFSETTO:(\S+)/.exec(block) ?? []
      if (zone !== 'UTC') expect([zone, from]).not.toEqual([zone, to])
    }
  }
})

test('gives a zone that reads any entry of the years right, whichever file it came with', () => {
  for (const zone of zones) {
    const clock = clockOf(zone, 2027, 2027)
    const kept = zoneIn(
      calendarOf({
        name: 'x',
        zone,
        sessions: [session(Date.UTC(2027, 4, 4, 8), Date.UTC(2027, 4, 4, 9))],
      }),
    )
    for (let at = Date.UTC(2027, 0, 2, 12); at < Date.UTC(2027, 11, 30); at += 5 * 24 * hour) {
      const local = new Date(at + clock.offsetAt(at) * 60_000).toISOString().slice(0, 19)
      const read = ICAL.Time.fromDateTimeString(local)
      read.zone = kept
      expect([zone, read.toJSDate().toISOString()]).toEqual([zone, instantOf(at)])
    }
  }
})

test('is a valid calendar without any session', () => {
  const text = calendarOf({ name: 'x', zone: 'Europe/Berlin', day: '2027-05-01', sessions: [] })
  expect(zoneIn(text).tzid).toBe('Europe/Berlin')
  expect(text).toContain('DTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200')
  expect(text).toContain('REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n')
})

test('spells zones as the time zone database does, links included', () => {
  for (const name of [
    'Europe/Berlin',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Port-au-Prince',
    'America/Argentina/ComodRivadavia',
    'Antarctica/DumontDUrville',
    'Africa/Dar_es_Salaam',
    'Etc/GMT+5',
    'GB-Eire',
    'NZ-CHAT',
    'US/East-Indiana',
    'W-SU',
    'EST5EDT',
    'UTC',
  ]) {
    expect(zoneNamed(name.toLowerCase())).toBe(name)
    expect(zoneNamed(name.toUpperCase())).toBe(name)
  }
  for (const none of ['+02:00', 'Europe/Nowhere', '', 'posix/Europe/Berlin', 'x'.repeat(80)]) {
    expect(zoneNamed(none)).toBeUndefined()
  }
})
