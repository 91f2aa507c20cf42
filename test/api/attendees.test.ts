import { beforeAll, expect, test } from 'vitest'
import { makeAttendee, makeAttendees } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { badgeOf } from '#test/support/door.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { slot, twoAttendees } from '#test/support/meetings.ts'
import { attendeesOf, crowd, makeSession, makeTrack } from '#test/support/sessions.ts'

beforeAll(followChanges)

const mine = '/people/me/sessions'
const join = (session_id: string) => ({ session: { session_id } })
type Sessions = { session_list: { session_id: string }[] }
const idsOf = ({ session_list }: Sessions) => session_list.map(({ session_id }) => session_id)

test('shows attendees the event and its programme, and never a draft', async () => {
  const at = await freshEvent()
  const ada = await makeAttendee(at)
  const { track_id } = await makeTrack(at, 'One')
  const made = async (fields: object) =>
    (await makeSession(at, { session_tracks: [track_id], ...fields })).session_id
  const [a, draft, b, off] = [
    await made({ session_name: 'Alpha' }),
    await made({ session_name: 'Alpha draft', session_status: 'DRAFT' }),
    await made({ session_name: 'Beta', session_date: '2027-05-05' }),
    await made({ session_name: 'Gamma', session_status: 'CANCELLED', session_date: '2027-05-05' }),
  ]
  const event = (await ada.ask('GET', '')).body
  expect(Object.keys(event)).toEqual([
    ...['id', 'name', 'description', 'language', 'event_location', 'event_dates', 'event_urls'],
  ])
  const list = async (query: string) => (await ada.ask('GET', `/sessions/resources${query}`)).body
  const whole = await list('')
  expect([whole.record_number, idsOf(whole)[0]]).toEqual([3, a])
  expect(idsOf(whole).toSorted()).toEqual([a, b, off].toSorted())
  expect(idsOf(await list('?date=2027-05-04'))).toEqual([a])
  expect(idsOf(await list(`?ids=${draft},${a}`))).toEqual([a])
  expect(idsOf(await list('?q=alpha'))).toEqual([a])
  expect(idsOf(await list(`?tracks=${track_id}&limit=2`))).toHaveLength(2)
  const first = await list('?limit=1')
  const second = await list(`?limit=2&cursor=${first.next_cursor}`)
  expect([...idsOf(first), ...idsOf(second)]).toEqual(idsOf(whole))
  const inTrack = (await ada.ask('GET', `/sessions/tracks/${track_id}/list?limit=2`)).body
  expect([inTrack.record_number, inTrack.session_list.length]).toEqual([3, 2])
  const rest = await ada.ask(
    'GET',
    `/sessions/tracks/${track_id}/list?cursor=${inTrack.next_cursor}`,
  )
  expect(rest.body.session_list).toHaveLength(1)
  expect((await ada.ask('GET', `/sessions/resources/${draft}`)).error).toBe('session_not_found')
  expect((await ada.ask('GET', `/sessions/resources/${a}`)).status).toBe(200)
  for (const path of ['/rooms', '/sessions/tracks']) {
    expect((await ada.ask('GET', path)).status).toBe(200)
  }
  for (const path of ['/people/resources', '/conflicts', attendeesOf(a), '/ticket_types']) {
    expect((await ada.ask('GET', path)).error, path).toBe('forbidden')
  }
  expect((await ada.ask('POST', mine, join(draft))).error).toBe('session_not_found')
  // What an organiser has put into an agenda of a draft is not told either.
  await at.ask('POST', `${attendeesOf(draft)}/${ada.id}`)
  expect((await ada.ask('GET', mine)).body.sessions).toEqual([])
})

test('lets attendees join and leave by themselves, as seats, lines, tickets and conflicts allow', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  const small = (await makeSession(at, { capacity: 1, waitlist: true })).session_id
  const joined = await ada.ask('POST', mine, join(small), { 'idempotency-key': 'one' })
  expect(joined.body).toEqual({
    sessions: [{ session_id: small, session_roles: [] }],
    waitlist: [],
  })
  const again = await ada.ask('POST', mine, join(small), { 'idempotency-key': 'one' })
  expect([again.body, again.headers['idempotency-replayed']]).toEqual([joined.body, 'true'])
  expect((await ada.ask('GET', mine)).body).toEqual(joined.body)
  expect((await ada.ask('POST', mine, join(small))).error).toBe('already_attending')
  expect((await eve.ask('POST', mine, join(small))).error).toBe('session_full')
  const waits = await eve.ask('POST', `${mine}?waitlist=true`, join(small))
  expect([waits.status, waits.body.position]).toEqual([202, 1])
  expect((await eve.ask('GET', mine)).body.waitlist).toEqual([{ session_id: small, position: 1 }])
  expect((await ada.ask('DELETE', `${mine}/${small}`)).body).toEqual({ sessions: [], waitlist: [] })
  expect((await ada.ask('DELETE', `${mine}/${small}`)).error).toBe('not_attending')
  expect((await eve.ask('GET', mine)).body.sessions).toHaveLength(1)
  await ada.ask('POST', `${mine}?waitlist=true`, join(small))
  expect((await ada.ask('DELETE', `${mine}/${small}`)).body.waitlist).toEqual([])
  const type = { ticket_type: { name: 'Narrow', session_access: [small] } }
  const { ticket_type_id } = (await at.ask('POST', '/ticket_types', type)).body
  const open = (await makeSession(at)).session_id
  expect((await ada.ask('POST', mine, join(open))).error).toBe('not_registered')
  await at.ask('PUT', `/people/resources/${ada.id}/ticket`, { ticket: { ticket_type_id } })
  expect((await ada.ask('POST', mine, join(open))).error).toBe('session_not_covered')
  expect((await ada.ask('POST', mine, join('ses_nobody'))).error).toBe('session_not_found')
  const calendar = await eve.ask('GET', `${mine}/calendar.ics`)
  expect(calendar.text).toContain('BEGIN:VEVENT')
  const feed = (await eve.ask('POST', `${mine}/feeds`)).body
  expect(feed.person).toBe(eve.id)
  const opened = await call(
    'GET',
    `/events/${at.id}/people/resources/${eve.id}/sessions/calendar.ics`,
    {
      query: { feed: feed.token },
    },
  )
  expect(opened.text).toBe(calendar.text)
  const policy = { room: 'warn', speaker: 'warn', attendee: 'block' }
  await at.ask('PATCH', '', { event: { conflict_policy: policy } })
  await at.ask('PUT', `/people/resources/${eve.id}/ticket`, { ticket: { ticket_type_id } })
  const wide = { ticket_type: { session_access: [small, open] } }
  await at.ask('PATCH', `/ticket_types/${ticket_type_id}`, wide)
  expect((await eve.ask('POST', mine, join(open))).error).toBe('schedule_conflict')
  const staff = await at.ask('GET', mine)
  expect(staff.error).toBe('person_not_found')
})

test('lets a booked meeting stand in the way of joining', async () => {
  const { event, ada, book } = await twoAttendees()
  await book('09:30', '10:00')
  const { session_id } = await makeSession(event)
  expect((await ada.ask('POST', mine, join(session_id))).error).toBe('meeting_conflict')
})

test('lists who shows their profile, page by page, and nobody else', async () => {
  const at = await freshEvent()
  const ada = await makeAttendee(at, {
    profile: { first_name: 'Ada', email_address: 'ada@example.com' },
  })
  const [hidden, shy, keen] = await makeAttendees(at, ['Hidden', 'Shy', 'Keen'])
  await crowd(at, 4)
  await hidden?.ask('PATCH', '/people/me/profile', { showProfile: false })
  await keen?.ask('PATCH', '/people/me/profile', { interests: ['Chess', 'Maps'] })
  await ada.ask('POST', `/people/${keen?.id}/connection`)
  await drainFeed()
  const list = async (query: string, who = ada) =>
    (await who.ask('GET', `/people/directory${query}`)).body
  const all = await list('')
  const ids: string[] = all.people_list.map(({ id }: { id: string }) => id)
  expect(ids).toHaveLength(6)
  expect(ids).not.toContain(hidden?.id)
  expect(ids).not.toContain(ada.id)
  expect(ids).toContain(shy?.id)
  const found = (await list('?interests=chess,golf')).people_list
  expect(found).toEqual([
    {
      id: keen?.id,
      firstName: 'Keen',
      ...{ lastName: '', company: '', title: '', photo: '' },
      interests: ['Chess', 'Maps'],
      status: 'PENDING',
    },
  ])
  expect((await list('?q=kee')).people_list).toEqual(found)
  expect((await list('?q=hidd')).people_list).toEqual([])
  const paged: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { next_cursor: string | null; people_list: { id: string }[] } = await list(
      `?limit=2${cursor && `&cursor=${cursor}`}`,
    )
    paged.push(...page.people_list.map(({ id }) => id))
    cursor = page.next_cursor
  }
  expect(paged).toEqual(ids)
})

test('gives attendees their badge and all that is held of them', async () => {
  const at = await freshEvent()
  const ada = await makeAttendee(at)
  expect((await ada.ask('GET', '/people/me/badge.svg')).error).toBe('badge_not_found')
  await badgeOf(at, ada.id)
  expect((await ada.ask('GET', '/people/me/badge.svg')).text).toMatch(/^<svg/)
  const own = await ada.ask('GET', '/people/me/export')
  expect(own.body.person.person_id).toBe(ada.id)
  expect((await makePerson(at)).person_id).not.toBe(ada.id)
})

test('takes an attendee from the list of others to a booked meeting, with no id that was not shown', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  await makeSession(at, { session_start_time: '15-00', session_end_time: '16-00' })
  const { session_list } = (await ada.ask('GET', '/sessions/resources')).body
  expect((await ada.ask('POST', mine, join(session_list[0].session_id))).status).toBe(200)
  const { people_list } = (await ada.ask('GET', '/people/directory')).body
  const other = people_list[0].id
  expect((await ada.ask('POST', `/people/${other}/connection`)).status).toBe(200)
  const [asked] = (await eve.ask('GET', '/people/me/connections')).body
  const answer = { status: 'ACCEPT' }
  expect((await eve.ask('PUT', `/people/${asked.userId}/connection`, answer)).status).toBe(200)
  const made = await ada.ask('POST', `/people/${other}/meetings`, slot('11:00', '11:30'))
  expect(made.status, made.text).toBe(200)
  const [meeting] = (await eve.ask('GET', '/people/me/meetings')).body
  const booked = await eve.ask('PUT', `/people/me/meetings/${meeting.id}`, { status: 'BOOKED' })
  expect(booked.body.status).toBe('BOOKED')
})
