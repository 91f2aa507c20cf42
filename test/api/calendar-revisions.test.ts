import { afterEach, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { makeAttendees } from '#test/support/attendee.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

type Entry = { sequence: number; stamp: string; text: string }

async function entries(
  at: EventClient,
  path = '/sessions/calendar.ics',
): Promise<Map<string, Entry>> {
  const { text } = await at.ask('GET', path)
  const parts = text.replaceAll('\r\n ', '').split('BEGIN:VEVENT').slice(1)
  return new Map(
    parts.map((part): [string, Entry] => {
      const value = (name: string) => new RegExp(`^${name}[^:]*:(.*)$`, 'm').exec(part)?.[1] ?? ''
      const rest = part.replace(/^(SEQUENCE|DTSTAMP|LAST-MODIFIED):.*$/gm, '')
      const entry = { sequence: Number(value('SEQUENCE')), stamp: value('DTSTAMP'), text: rest }
      return [value('UID').split('@')[0] ?? '', entry]
    }),
  )
}

/** Whether each entry has moved on: its text, its number and its stamp, all or none. */
async function moves(at: EventClient, change: () => Promise<unknown>, path?: string) {
  const before = await entries(at, path)
  turn += 1
  const ahead = turn * 5 * 60_000
  const restore = setClock(() => Date.now() + ahead)
  try {
    await change()
    const after = await entries(at, path)
    return [...before].map(([id, old]) => {
      const now = after.get(id) ?? old
      const [text, number] = [now.text !== old.text, now.sequence > old.sequence]
      expect(now.sequence).toBeGreaterThanOrEqual(old.sequence)
      expect(number, now.text).toBe(text)
      expect(now.stamp > old.stamp, now.text).toBe(text)
      return text
    })
  } finally {
    restores.push(restore)
  }
}
let turn = 0
const restores: (() => void)[] = []
afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore()
})

test('revises an entry when a name in it changes, and no other', async () => {
  const at = await freshEvent()
  const [ada, eve] = [await makePerson(at), await makePerson(at)]
  const [red, blue] = [await makeTrack(at, 'Red'), await makeTrack(at, 'Blue')]
  await makeSession(at, {
    session_date: '2027-05-04',
    speakers: [ada.person_id, eve.person_id],
    session_tracks: [red.track_id, blue.track_id],
  })
  await makeSession(at, { session_date: '2027-05-05' })
  const person = (id: string, profile: unknown) => () =>
    at.ask('PATCH', `/people/resources/${id}`, { person: { profile } })
  const track = (body: unknown) => () =>
    at.ask('PATCH', `/sessions/tracks/${red.track_id}`, { track: body })
  const event = (body: unknown) => () => at.ask('PATCH', '', { event: body })
  expect(await moves(at, person(ada.person_id, { last_name: 'Lovelace' }))).toEqual([true, false])
  expect(await moves(at, person(ada.person_id, { company: 'Engines' }))).toEqual([false, false])
  expect(await moves(at, track({ track_name: 'Crimson' }))).toEqual([true, false])
  expect(await moves(at, track({ track_color: '#123456' }))).toEqual([false, false])
  expect(await moves(at, track({ track_name: 'Crimson' }))).toEqual([false, false])
  expect(await moves(at, event({ event_urls: { site: 'https://e.org' } }))).toEqual([true, true])
  expect(await moves(at, event({ name: 'Renamed' }))).toEqual([false, false])
  const gone = () => at.ask('DELETE', `/sessions/tracks/${blue.track_id}`)
  expect(await moves(at, gone)).toEqual([true, false])
  expect(await moves(at, runAllJobs)).toEqual([false, false])
  const left = () => at.ask('DELETE', `/people/resources/${eve.person_id}`)
  expect(await moves(at, left)).toEqual([true, false])
  expect(await moves(at, runAllJobs)).toEqual([false, false])
})

test('revises an entry when a speaker hides or shows their profile', async () => {
  const at = await freshEvent()
  const [speaker] = await makeAttendees(at, ['Ada'])
  await makeSession(at, { speakers: [speaker?.id] })
  const shows = (showProfile: boolean) => () =>
    speaker?.ask('PATCH', '/people/me/profile', { showProfile }) as Promise<unknown>
  expect(await moves(at, shows(false))).toEqual([true])
  expect(await moves(at, shows(true))).toEqual([true])
})

test('revises more entries than one transaction holds a moment after the name changes', async () => {
  const at = await freshEvent()
  const [track, host] = [await makeTrack(at, 'Red'), await makePerson(at)]
  const one = { session_tracks: [track.track_id], speakers: [host.person_id] }
  for (let n = 0; n < 27; n += 1) await makeSession(at, one)
  const all = Array.from({ length: 27 }, () => true)
  const renamed = async () => {
    await at.ask('PATCH', `/sessions/tracks/${track.track_id}`, { track: { track_name: 'Blue' } })
    await runAllJobs()
  }
  const married = async () => {
    const profile = { last_name: 'Lovelace' }
    await at.ask('PATCH', `/people/resources/${host.person_id}`, { person: { profile } })
    await runAllJobs()
  }
  expect(await moves(at, renamed)).toEqual(all)
  expect(await moves(at, married)).toEqual(all)
})

test('revises a booked meeting when the other is called otherwise', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  const asked = await ada.ask('POST', `/people/${eve.id}/meetings`, {
    meetingStartTime: '2027-05-04T11:00:00+02:00',
    meetingEndTime: '2027-05-04T11:30:00+02:00',
  })
  await eve.ask('PUT', `/people/me/meetings/${asked.body.id}`, { status: 'BOOKED' })
  const path = `/people/resources/${ada.id}/sessions/calendar.ics`
  const called = (first_name: string) => () =>
    at.ask('PATCH', `/people/resources/${eve.id}`, { person: { profile: { first_name } } })
  expect(await moves(at, called('Eva'), path)).toEqual([true])
  expect(await moves(at, called('Eva'), path)).toEqual([false])
})
