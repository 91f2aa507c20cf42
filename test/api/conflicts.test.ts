import { beforeAll, expect, test } from 'vitest'
import { rightBefore } from '#test/support/crashes.ts'
import { provoked } from '#test/support/error-coverage.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { twoAttendees } from '#test/support/meetings.ts'
import { attendeesOf, crowd } from '#test/support/sessions.ts'

type Conflict = {
  kind: string
  policy: string
  room_id: string | null
  person_id: string | null
  between: { type: string; id: string | null; name: string | null }[]
}

const room = async (at: EventClient, room_name = 'Hall') =>
  (await at.ask('POST', '/rooms', { room: { room_name } })).body.room_id as string
const body = (name: string, from: string, to: string, more = {}) => ({
  session: {
    session_name: name,
    session_date: '2027-05-04',
    session_start_time: from,
    session_end_time: to,
    ...more,
  },
})
const make = (at: EventClient, name: string, times: [string, string], more = {}) =>
  at.ask('POST', '/sessions/resources', body(name, ...times, more))
const all = (word: string) => ({ conflict_policy: { room: word, speaker: word, attendee: word } })
const report = async (at: EventClient, query = ''): Promise<Conflict[]> =>
  (await at.ask('GET', `/conflicts${query}`)).body.conflict_list
const warned = ({ headers }: { headers: Record<string, string> }) =>
  headers['plenary-conflicts'] ?? null

test('warns of a room and a speaker with two things at once, and lets agendas be, unless told otherwise', async () => {
  const at = await freshEvent()
  expect(at.event.conflict_policy).toEqual({ room: 'warn', speaker: 'warn', attendee: 'ignore' })
  const [hall, { person_id: ada }] = [await room(at), await makePerson(at)]
  const with_ = { room_id: hall, speakers: [ada] }
  const first = await make(at, 'A', ['09-00', '10-00'], with_)
  expect([first.status, warned(first)]).toEqual([200, null])
  const touching = await make(at, 'B', ['10-00', '11-00'], with_)
  expect(warned(touching)).toBe(null)
  const over = await make(at, 'C', ['09-59', '10-01'], with_)
  expect([over.status, warned(over)]).toEqual([200, '4'])
  const [person = ''] = await crowd(at, 1)
  for (const session of [first, over]) {
    const joined = await at.ask('POST', `${attendeesOf(session.body.session_id)}/${person}`)
    expect([joined.status, warned(joined)]).toEqual([200, null])
  }
  const found = await report(at)
  expect(found.map(({ kind, between }) => [kind, between.map(({ name }) => name).join()])).toEqual([
    ['room', 'A,C'],
    ['speaker', 'A,C'],
    ['room', 'C,B'],
    ['speaker', 'C,B'],
  ])
  expect((await report(at, '?kinds=attendee')).map(({ person_id }) => person_id)).toEqual([person])
  expect(await report(at, '?kinds=room&limit=1&offset=1')).toHaveLength(1)
  expect((await at.ask('GET', '/conflicts?kinds=rooms')).error).toBe('invalid_query')
})

test('refuses what is blocked, naming all that stands in the way, and nothing else about the same session', async () => {
  const at = await freshEvent(all('block'))
  const [hall, { person_id: ada }] = [await room(at), await makePerson(at)]
  const a = await make(at, 'A', ['09-00', '10-00'], { room_id: hall, speakers: [ada] })
  const refused = await make(at, 'B', ['09-30', '10-30'], { room_id: hall, speakers: [ada] })
  expect([refused.status, refused.error]).toEqual([409, 'schedule_conflict'])
  expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual([
    'session.room_id',
    'session.speakers',
  ])
  expect(refused.text).toContain(a.body.session_id)
  expect(refused.text).toContain('“A”')
  const b = await make(at, 'B', ['10-00', '10-30'], { room_id: hall, speakers: [ada] })
  expect(b.status).toBe(200)
  const one = `/sessions/resources/${b.body.session_id}`
  const moved = await at.ask('PATCH', one, { session: { session_start_time: '09-45' } })
  expect(moved.error).toBe('schedule_conflict')
  expect(moved.body.errors.map(({ field }: { field: string }) => field)).toEqual([
    'session.room_id',
    'session.session_start_time',
  ])
  // A clash that is there already stops no other change, nor the same put back.
  await at.ask('PATCH', '', { event: all('warn') })
  expect(warned(await at.ask('PATCH', one, { session: { session_start_time: '09-45' } }))).toBe('2')
  await at.ask('PATCH', '', { event: all('block') })
  expect((await at.ask('PATCH', one, { session: { session_name: 'Bee' } })).status).toBe(200)
  const { body: stands } = await at.ask('GET', one)
  expect((await at.ask('PUT', one, { session: stands })).status).toBe(200)
  const cancelled = { session: { session_status: 'CANCELLED' } }
  expect((await at.ask('PATCH', one, cancelled)).status).toBe(200)
  expect(await report(at)).toEqual([])
  const back = await at.ask('PATCH', one, { session: { session_status: 'SCHEDULED' } })
  expect(back.error).toBe('schedule_conflict')
  expect((await at.ask('DELETE', one)).status).toBe(200)
  expect((await make(at, 'D', ['09-30', '10-30'])).status).toBe(200)
})

test('holds attendees to one thing at a time where they are blocked, by whichever way they come', async () => {
  const at = await freshEvent(all('block'))
  const [p = '', q = ''] = await crowd(at, 2)
  const a = (await make(at, 'A', ['09-00', '10-00'])).body.session_id
  const b = (await make(at, 'B', ['09-30', '10-30'])).body.session_id
  expect((await at.ask('POST', `${attendeesOf(a)}/${p}`)).status).toBe(200)
  expect((await at.ask('POST', `${attendeesOf(b)}/${p}`)).error).toBe('schedule_conflict')
  const sessions = { session: { sessions: [{ session_id: b }] } }
  const added = await at.ask('POST', `/people/resources/${p}/sessions`, sessions)
  expect(added.error).toBe('schedule_conflict')
  const both = [{ session_id: a }, { session_id: b }]
  const assigned = { assign_agenda: { sessions: both } }
  const patched = await at.ask('PATCH', `/people/resources/${p}`, { person: assigned })
  expect(patched.error).toBe('schedule_conflict')
  const two = { assign_agenda: { sessions: both } }
  const profile = { first_name: 'New', last_name: 'One' }
  const made = await at.ask('POST', '/people/resources', { person: { profile, ...two } })
  expect(made.error).toBe('schedule_conflict')
  const external = `/people/resources/${q}`
  const put = await at.ask('PUT', external, { person: { profile, ...two } })
  expect(put.error).toBe('schedule_conflict')
  const rows = [p, q].map((person_id) => ({ person_id }))
  const batch = await at.ask('POST', `${attendeesOf(b)}/batch`, { rows })
  expect(batch.body.rows.map(({ status }: { status: string }) => status)).toEqual([
    'failed',
    'created',
  ])
  expect(await report(at)).toEqual([])
  const moved = await at.ask('PATCH', `/sessions/resources/${b}`, {
    session: { session_start_time: '08-00', session_end_time: '09-30' },
  })
  expect(moved.status).toBe(200)
  await at.ask('POST', `${attendeesOf(a)}/${q}`)
})

test('knows booked meetings when organisers plan over them', async () => {
  const { event: at, ada, eve, book } = await twoAttendees()
  await book('14:00', '14:30')
  await at.ask('PATCH', '', { event: all('warn') })
  const spoken = await make(at, 'A', ['14-00', '15-00'], { speakers: [ada.id] })
  expect(warned(spoken)).toBe('1')
  const { session_id: id } = (await make(at, 'B', ['13-00', '14-01'])).body
  const joined = await at.ask('POST', `${attendeesOf(id)}/${eve.id}`)
  expect(warned(joined)).toBe('1')
  const kinds = (await report(at)).map(({ kind, between }) => [
    kind,
    between.map(({ type }) => type).toSorted(),
  ])
  expect(kinds).toEqual([
    ['attendee', ['meeting', 'session']],
    ['speaker', ['meeting', 'session']],
  ])
})

test('tries a session without writing it', async () => {
  const at = await freshEvent()
  const [hall, { person_id: ada }] = [await room(at), await makePerson(at)]
  const a = await make(at, 'A', ['09-00', '10-00'], { room_id: hall, speakers: [ada] })
  const before = await at.ask('GET', '/sessions/resources')
  const tried = await at.ask(
    'POST',
    '/conflicts/check',
    body('B', '09-30', '10-30', { room_id: hall, speakers: [ada] }),
  )
  expect(tried.status, tried.text).toBe(200)
  const list: Conflict[] = tried.body.conflict_list
  expect(list.map(({ kind, room_id, person_id }) => [kind, room_id, person_id])).toEqual([
    ['room', hall, null],
    ['speaker', null, ada],
  ])
  expect(list[0]?.between.map(({ id }) => id)).toEqual([a.body.session_id, null])
  const b = await make(at, 'B', ['11-00', '12-00'], { room_id: hall })
  const change = { session_id: b.body.session_id, session_start_time: '09-15' }
  const moved = await at.ask('POST', '/conflicts/check', { session: change })
  expect(moved.body.conflict_list).toHaveLength(1)
  expect(await report(at)).toEqual([])
  expect(before.body.record_number).toBe(1)
  const unknown = { session: { session_id: 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa' } }
  expect((await at.ask('POST', '/conflicts/check', unknown)).error).toBe('session_not_found')
  expect((await at.ask('GET', `/sessions/resources/${b.body.session_id}`)).body).toEqual({
    ...b.body,
    timestamps: expect.anything(),
  })
})

test('lets one of many win who put sessions into one room, or one speaker on two stages, at the same moment', async () => {
  const at = await freshEvent(all('block'))
  const hall = await room(at)
  const many = await Promise.all(
    [...Array(8).keys()].map((n) => make(at, `S${n}`, ['09-00', '10-00'], { room_id: hall })),
  )
  expect(many.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(409)])
  const { person_id: ada } = await makePerson(at)
  const apart = await Promise.all(
    ['11-00', '12-00', '13-00', '14-00'].map((from) =>
      make(at, from, [from, from.replace('00', '30')], { speakers: [ada] }),
    ),
  )
  const moved = await Promise.all(
    apart.map(({ body: { session_id } }) =>
      at.ask('PATCH', `/sessions/resources/${session_id}`, {
        session: { session_start_time: '16-00', session_end_time: '17-00' },
      }),
    ),
  )
  expect(moved.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
  const [p = ''] = await crowd(at, 1)
  const x = (await make(at, 'X', ['07-00', '07-30'])).body.session_id
  const y = (await make(at, 'Y', ['08-00', '08-30'])).body.session_id
  // Somebody joins while an organiser moves what they attend onto it.
  await at.ask('POST', `${attendeesOf(x)}/${p}`)
  const onto = { session: { session_start_time: '08-15', session_end_time: '08-45' } }
  const [joined, moving] = await Promise.all([
    at.ask('POST', `${attendeesOf(y)}/${p}`),
    at.ask('PATCH', `/sessions/resources/${x}`, onto),
  ])
  expect([joined.status, moving.status].toSorted()).toEqual([200, 409])
  expect(await report(at)).toEqual([])
})

test('sees who joins between the look at a session that moves and its writing, in either order', async () => {
  const at = await freshEvent(all('block'))
  const times = ['07-00', '07-30'] as const
  const [p = ''] = await crowd(at, 1)
  const [x, y] = [await make(at, 'X', [...times]), await make(at, 'Y', ['08-00', '08-30'])].map(
    ({ body }): string => body.session_id,
  )
  await at.ask('POST', `${attendeesOf(x ?? '')}/${p}`)
  const onto = { session: { session_start_time: '08-15', session_end_time: '08-45' } }
  const join = () => at.ask('POST', `${attendeesOf(y ?? '')}/${p}`)
  const move = () => at.ask('PATCH', `/sessions/resources/${x}`, onto)
  rightBefore('08:15', join)
  expect((await move()).status).toBe(409)
  expect((await at.ask('DELETE', `${attendeesOf(y ?? '')}/${p}`)).status).toBe(200)
  rightBefore(`#S#${y}`, move)
  expect((await join()).status).toBe(409)
  expect(await report(at)).toEqual([])
})

test('keeps the policy through GET and PUT, and PATCH changes a part of it', async () => {
  const at = await freshEvent()
  const patched = await at.ask('PATCH', '', { event: { conflict_policy: { room: 'block' } } })
  const stands = { room: 'block', speaker: 'warn', attendee: 'ignore' }
  expect(patched.body.conflict_policy).toEqual(stands)
  const put = await at.ask('PUT', '', { event: patched.body })
  expect(put.body.conflict_policy).toEqual(stands)
  const wrong = await at.ask('PATCH', '', { event: { conflict_policy: { room: 'stop' } } })
  expect([wrong.error, wrong.body.errors[0].field]).toEqual([
    'invalid_body',
    'event.conflict_policy.room',
  ])
})

test('goes with a room: sessions of a deleted room clash in it no more', async () => {
  const at = await freshEvent()
  const hall = await room(at)
  await make(at, 'A', ['09-00', '10-00'], { room_id: hall })
  await make(at, 'B', ['09-00', '10-00'], { room_id: hall })
  expect(await report(at)).toHaveLength(1)
  await at.ask('DELETE', `/rooms/${hall}`)
  expect(await report(at)).toEqual([])
})

beforeAll(() => provoked('joinNetworkingSession', 'schedule_conflict'))
