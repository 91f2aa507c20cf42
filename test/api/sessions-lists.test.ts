import { expect, test } from 'vitest'
import { rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

test('makes what is deleted vanish from every answer at once', async () => {
  const at = await freshEvent()
  const people = await Promise.all([...Array(4)].map(() => makePerson(at)))
  const track = await makeTrack(at, 'Research')
  const fields = {
    speakers: people.map(({ person_id }) => person_id),
    session_tracks: [track.track_id],
  }
  const [gone, stays] = [await makeSession(at, fields), await makeSession(at, fields)]
  const first = people[0]?.person_id
  await at.ask('POST', `/sessions/resources/${gone.session_id}/attendees/${first}`)
  const deleted = await at.ask('DELETE', `/sessions/resources/${gone.session_id}`)
  expect(deleted.status, deleted.text).toBe(200)
  expect(deleted.body.session_id).toBe(gone.session_id)
  const seen = async () => {
    const overview = await at.ask('GET', '/sessions')
    const list = await at.ask('GET', '/sessions/resources')
    const ofTrack = await at.ask('GET', `/sessions/tracks/${track.track_id}/list`)
    const counted = await at.ask('GET', `/sessions/tracks/${track.track_id}`)
    const person = await at.ask('GET', `/people/resources/${first}`)
    return {
      counted: counted.body.track_session_number,
      sessions: overview.body.session_number,
      inTrack: overview.body.tracks[0]?.member_number,
      listed: list.body.record_number,
      ofTrack: ofTrack.body.record_number,
      agenda: person.body.agenda.sessions.length,
    }
  }
  const expected = { counted: 1, sessions: 1, inTrack: 1, listed: 1, ofTrack: 1, agenda: 1 }
  expect(await seen()).toEqual(expected)
  expect((await at.ask('GET', `/sessions/resources/${gone.session_id}`)).status).toBe(404)
  const late = await at.ask('POST', `/sessions/resources/${gone.session_id}/attendees/${first}`)
  expectError(late, 'session_not_found')
  await runAllJobs()
  expect(await seen()).toEqual(expected)
  expect((await at.ask('DELETE', `/people/resources/${first}`)).status).toBe(200)
  const left = await at.ask('GET', `/sessions/resources/${stays.session_id}`)
  expect(left.body.session_roles[0].people_list).toEqual(
    people.slice(1).map(({ person_id }) => person_id),
  )
  expect((await at.ask('DELETE', `/sessions/tracks/${track.track_id}`)).status).toBe(200)
  const untracked = await at.ask('GET', `/sessions/resources/${stays.session_id}`)
  expect(untracked.body.session_tracks).toEqual([])
  const back = await at.ask('PUT', `/sessions/resources/${stays.session_id}`, untracked.body)
  expect(back.status, back.text).toBe(200)
  await runAllJobs()
  const overview = await at.ask('GET', '/sessions')
  expect(overview.body).toMatchObject({ session_number: 1, track_number: 0, tracks: [] })
})

test('lists each session once in order of start, by offset or cursor', async () => {
  const at = await freshEvent()
  const slots = [...Array(35).keys()].map((n) => ({
    session_date: `2027-05-${String(1 + (n % 4)).padStart(2, '0')}`,
    session_start_time: `${String(8 + ((n * 7) % 5)).padStart(2, '0')}-00`,
    session_end_time: '18-00',
  }))
  const made = await Promise.all(slots.map((fields) => makeSession(at, fields)))
  const place = (one: Listed) => `${one.session_date}T${one.session_start_time}#${one.session_id}`
  const expected = made.map(place).sort()
  const byOffset: string[] = []
  for (let offset = 0; offset < 40; offset += 8) {
    const page = await at.ask('GET', `/sessions/resources?limit=8&offset=${offset}`)
    expect(page.body.record_number).toBe(35)
    byOffset.push(...page.body.session_list.map(place))
  }
  expect(byOffset).toEqual(expected)
  const walk = async (start: string) => {
    const seen: string[] = []
    for (let path: string | undefined = start; path; ) {
      const page = await at.ask('GET', path)
      seen.push(...page.body.session_list.map(place))
      path = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1]
    }
    return seen
  }
  expect(await walk('/sessions/resources?limit=8')).toEqual(expected)
  const day = expected.filter((one) => one.startsWith('2027-05-02'))
  expect(await walk('/sessions/resources?limit=2&date=2027-05-02')).toEqual(day)
  const second = await at.ask('GET', '/sessions/resources?limit=3&offset=3&date=2027-05-02')
  expect(second.body.session_list.map(place)).toEqual(day.slice(3, 6))
  const moved = made[0]
  await at.ask('PATCH', `/sessions/resources/${moved.session_id}`, {
    session: { session_date: '2027-06-01' },
  })
  const last = await at.ask('GET', '/sessions/resources?limit=1&offset=34')
  expect(last.body.session_list[0].session_id).toBe(moved.session_id)
  const bad = await at.ask(
    'GET',
    `/sessions/resources?cursor=${Buffer.from('x').toString('base64url')}`,
  )
  expectError(bad, 'invalid_cursor')
})

test('walks on over a session that vanishes while its page is being read', async () => {
  const at = await freshEvent()
  const made = await Promise.all([...Array(6)].map(() => makeSession(at)))
  const ids = made.map(({ session_id }): string => session_id).toSorted()
  const [first = ''] = ids
  rightBefore(first, () => at.ask('DELETE', `/sessions/resources/${first}`), 'RequestItems')
  const page = await at.ask('GET', '/sessions/resources?limit=2')
  expect(page.body.session_list.map(({ session_id }: Listed) => session_id)).toEqual([ids[1]])
  const next = /\/events\/[^/]+([^>]+)>/.exec(page.headers.link ?? '')?.[1] ?? ''
  const rest = await at.ask('GET', next.replace('limit=2', 'limit=9'))
  expect(rest.body.session_list.map(({ session_id }: Listed) => session_id)).toEqual(ids.slice(2))
})

type Listed = { session_id: string; session_date: string; session_start_time: string }
