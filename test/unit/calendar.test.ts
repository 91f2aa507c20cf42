import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { instantOf } from '#lib/base/time.ts'
import { type CalendarSession, calendarOf } from '#lib/wire/calendar.ts'

const session = (start: string, more: Partial<CalendarSession> = {}): CalendarSession => ({
  id: 'ses_a',
  name: 'Opening',
  descriptionHtml: '',
  start,
  end: instantOf(Date.parse(start) + 3_600_000),
  sequence: 0,
  updatedAt: '2026-01-02T03:04:05.000Z',
  ...more,
})

// Reads as a calendar program does: times by the zone block of the file and nothing else.
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  }
  const events = calendar.getAllSubcomponents('vevent').map((part) => new ICAL.Event(part))
  const found = events.map((event) => ({
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    location: event.location,
    sequence: event.sequence,
    url: event.component.getFirstPropertyValue('url'),
    status: event.component.getFirstPropertyValue('status'),
    start: event.startDate.toJSDate().toISOString(),
    end: event.endDate.toJSDate().toISOString(),
  }))
  ICAL.TimezoneService.reset()
  return found
}

const starts = (zone: string, instants: string[]) =>
  read(calendarOf({ name: 'x', zone, sessions: instants.map((at) => session(at)) })).map(
    ({ start }) => start,
  )

describe('the calendar of an event', () => {
  it('has the right instants before and after the clocks change in Berlin', () => {
    const around = [
      '2026-10-24T08:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T09:00:00.000Z',
    ]
    expect(starts('Europe/Berlin', around)).toEqual(around)
  })

  it('has the right instants before and after the clocks change in New York', () => {
    const around = [
      '2026-03-07T14:00:00.000Z',
      '2026-03-08T06:30:00.000Z',
      '2026-03-08T14:00:00.000Z',
    ]
    expect(starts('America/New_York', around)).toEqual(around)
  })

  it('has both instants of the hour that autumn shows twice', () => {
    const twice = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']
    expect(starts('Europe/Berlin', twice)).toEqual(twice)
  })

  it('has the right instants where rules have changed since', () => {
    for (const [zone, at] of [
      ['America/New_York', '2006-03-20T14:00:00.000Z'],
      ['America/Mexico_City', '2019-07-01T14:00:00.000Z'],
      ['Africa/Casablanca', '2026-03-01T12:00:00.000Z'],
      ['Europe/Istanbul', '2015-12-01T12:00:00.000Z'],
      ['Asia/Kolkata', '2026-03-01T12:00:00.000Z'],
      ['Etc/GMT+5', '2026-03-01T12:00:00.000Z'],
      ['UTC', '2026-03-01T12:00:00.000Z'],
    ] as const) {
      expect(starts(zone, [at])).toEqual([at])
    }
  })

  it('has the right instants anywhere and at any time', () => {
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    )
    const hour = fc.integer({ min: 0, max: 30 * 365 * 24 })
    fc.assert(
      fc.property(zone, fc.array(hour, { minLength: 1, maxLength: 8 }), (id, hours) => {
        const instants = hours.map((at) => instantOf(Date.UTC(2010, 0, 1) + at * 3_600_000))
        expect(starts(id, instants)).toEqual(instants)
      }),
      { numRuns: 60 },
    )
  })

  it('says about a session nothing that a text could forge', () => {
    const text = calendarOf({
      name: 'Fair; "A", B\\C',
      zone: 'Europe/Berlin',
      url: 'https://x.io/e?a=1,2;3',
      sessions: [
        session('2026-05-01T08:00:00.000Z', {
          name: 'Töpfern; 🎪, "x" \\n\\ END:VEVENT '.repeat(6),
          descriptionHtml: '<p>Hello <b>you</b> &amp; all</p><ul><li>one</li></ul>',
          location: 'Hall 1, East; upstairs',
          sequence: 7,
          url: 'https://x.io/s,1;2',
          status: 'CANCELLED',
        }),
      ],
    })
    expect(read(text)).toEqual([
      {
        uid: 'ses_a@plenary',
        summary: 'Töpfern; 🎪, "x" \\n\\ END:VEVENT '.repeat(6),
        description: 'Hello you & all\n- one',
        location: 'Hall 1, East; upstairs',
        sequence: 7,
        url: 'https://x.io/s%2C1%3B2',
        status: 'CANCELLED',
        start: '2026-05-01T08:00:00.000Z',
        end: '2026-05-01T09:00:00.000Z',
      },
    ])
    expect(text).toContain('\r\nX-WR-CALNAME:Fair\\; "A"\\, B\\\\C\r\n')
  })

  it('is written in lines of at most 75 octets that end with CR and LF', () => {
    const names = fc
      .string({ unit: 'binary', maxLength: 200 })
      .map((name) => name.replace(/\p{C}/gu, ''))
    fc.assert(
      fc.property(names, (name) => {
        const text = calendarOf({
          name,
          zone: 'Europe/Berlin',
          sessions: [session('2026-05-01T08:00:00.000Z', { name, location: name })],
        })
        expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
        const widths = text.split('\r\n').map((line) => Buffer.byteLength(line))
        expect(Math.max(...widths)).toBeLessThan(76)
      }),
    )
  })

  it('is the same byte for byte whenever it is made, with stamps in UTC', () => {
    const input = {
      name: 'x',
      zone: 'Europe/Berlin',
      sessions: [session('2026-05-01T08:00:00.000Z')],
    }
    expect(calendarOf(input)).toBe(calendarOf(structuredClone(input)))
    expect(calendarOf(input)).toContain('DTSTAMP:20260102T030405Z\r\n')
    expect(calendarOf(input)).toContain('DTSTART;TZID=Europe/Berlin:20260501T100000\r\n')
  })
})
