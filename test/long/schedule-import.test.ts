import { expect, test } from 'vitest'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { scheduleOf } from '#test/support/schedule-import.ts'

const system = { ext_id_system: 'other' }
const paths = {
  tracks: '/sessions/tracks',
  speakers: '/people/resources',
  sessions: '/sessions/resources',
}

/** What came of all rows, by state. */
async function imported(at: EventClient, schedule: ReturnType<typeof scheduleOf>) {
  const states: Record<string, number> = {}
  for (const kind of ['tracks', 'speakers', 'sessions'] as const) {
    for (let from = 0; from < schedule[kind].length; from += 250) {
      const rows = schedule[kind].slice(from, from + 250)
      const reply = await at.ask('POST', `${paths[kind]}/batch`, { rows }, system)
      expect(reply.status, reply.text.slice(0, 500)).toBe(200)
      for (const { status, message } of reply.body.rows) {
        expect(message ?? '', kind).toBe('')
        states[status] = (states[status] ?? 0) + 1
      }
    }
  }
  return states
}

/** Tags of every object and the calendar as it is read. */
async function seen(at: EventClient) {
  const lists = await Promise.all(
    ['/people/resources?limit=1000', '/sessions/resources?limit=1000'].map((path) =>
      at.ask('GET', path, undefined, system),
    ),
  )
  const calendar = await at.ask('GET', '/sessions/calendar.ics')
  return { lists, tags: lists.map(({ headers }) => headers.etag), calendar: calendar.text }
}

test('takes a conference of 1,000 sessions and 400 speakers, and is changed by nothing the second time', async () => {
  const at = await freshEvent()
  const schedule = scheduleOf(7, { sessions: 1_000, speakers: 400 })
  expect(await imported(at, schedule)).toEqual({ created: 1_412 })
  const first = await seen(at)
  const kept = new Map<string, Record<string, unknown>>(
    first.lists[1]?.body.session_list.map((one: { session_id: string }) => [one.session_id, one]),
  )
  for (const sent of schedule.sessions) {
    const one = kept.get(sent.external_ids[0]?.id ?? '')
    expect(one).toMatchObject({
      session_name: sent.session_name,
      session_date: sent.session_date,
      session_start_time: sent.session_start_time.slice(0, 5).replace(':', '-'),
      location: sent.location,
      session_tracks: sent.session_tracks,
      session_roles: [{ people_list: sent.speakers }],
    })
  }
  expect(await imported(at, schedule)).toEqual({ unchanged: 1_412 })
  const second = await seen(at)
  expect(second.tags).toEqual(first.tags)
  expect(second.calendar).toBe(first.calendar)
}, 60_000)
