import { describe, expect, it } from 'vitest'
import { ApiError } from '#lib/base/errors.ts'
import {
  checkTimes,
  endDateOf,
  instantsOf,
  keptTimes,
  type Times,
} from '#lib/model/session-times.ts'

const times = (date: string, start: string, end: string, endDate?: string): Times => ({
  date,
  start,
  end,
  ...(endDate !== undefined && { endDate }),
})
const refusal = (given: Times, zone = 'Europe/Berlin', before?: Times) => {
  try {
    checkTimes(given, zone, before)
    return 'none'
  } catch (error) {
    return error instanceof ApiError ? error.detail.field : error
  }
}

describe('the times of a session', () => {
  it.each([
    ['2027-05-04', '22:00', '02:00', undefined, 'none'],
    ['2027-05-04', '20:00', '08:00', undefined, 'none'],
    ['2027-05-04', '20:00', '08:01', undefined, 'session_end_date'],
    ['2027-05-04', '10:00', '09:00', undefined, 'session_end_date'],
    ['2027-05-04', '10:00', '10:00', undefined, 'session_end_time'],
    ['2027-05-04', '10:00', '09:00', '2027-05-05', 'none'],
    ['2027-05-04', '10:00', '10:00', '2027-05-05', 'none'],
    ['2027-05-04', '10:00', '09:00', '2027-05-04', 'session_end_date'],
    ['2027-05-04', '10:00', '11:00', '2027-05-03', 'session_end_date'],
    ['2027-05-04', '10:00', '11:00', '2027-05-18', 'none'],
    ['2027-05-04', '10:00', '11:00', '2027-05-19', 'session_end_date'],
    ['2027-03-28', '02:30', '04:00', undefined, 'session_start_time'],
    ['2027-03-28', '01:00', '02:00', undefined, 'none'],
    ['2027-03-28', '01:00', '02:01', undefined, 'session_end_time'],
    ['2027-03-27', '23:00', '02:15', undefined, 'session_end_time'],
  ] as const)('%s %s to %s (%s): %s is refused', (date, start, end, endDate, field) => {
    expect(refusal(times(date, start, end, endDate))).toBe(field)
  })

  it('end at the midnight that the clocks skip, which is the instant of the change', () => {
    for (const [zone, date, instant] of [
      ['Africa/Cairo', '2027-04-29', '2027-04-29T22:00:00.000Z'],
      ['Asia/Beirut', '2027-03-27', '2027-03-27T22:00:00.000Z'],
      ['America/Havana', '2027-03-13', '2027-03-14T05:00:00.000Z'],
      ['America/Santiago', '2027-09-04', '2027-09-05T04:00:00.000Z'],
      ['America/Asuncion', '2023-09-30', '2023-10-01T04:00:00.000Z'],
      ['Atlantic/Azores', '2027-03-27', '2027-03-28T01:00:00.000Z'],
      ['Pacific/Apia', '2011-12-29', '2011-12-30T10:00:00.000Z'],
    ] as const) {
      const evening = times(date, '20:00', '00:00')
      expect([zone, refusal(evening, zone)]).toEqual([zone, 'none'])
      expect([zone, instantsOf(evening, zone).end]).toEqual([zone, instant])
      expect(refusal(times(date, '20:00', '00:30'), zone)).toBe('session_end_time')
    }
  })

  it('keep a day of the end only where the times do not say it', () => {
    expect(keptTimes(times('2027-05-04', '10:00', '11:00', '2027-05-04'))).not.toHaveProperty(
      'endDate',
    )
    expect(keptTimes(times('2027-05-04', '22:00', '02:00', '2027-05-05'))).not.toHaveProperty(
      'endDate',
    )
    expect(keptTimes(times('2027-05-04', '10:00', '09:00', '2027-05-05')).endDate).toBe(
      '2027-05-05',
    )
    expect(endDateOf(times('2027-05-04', '10:00', '09:00'))).toBe('2027-05-05')
  })

  it('stay good when they were stored before there was a rule for them', () => {
    const old = times('2027-05-04', '10:00', '09:00')
    expect(refusal(old, 'Europe/Berlin', old)).toBe('none')
    expect(refusal({ ...old, endDate: '2027-05-05' }, 'Europe/Berlin', old)).toBe('none')
  })
})
