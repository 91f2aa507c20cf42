import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { limits } from '#lib/base/limits.ts'
import { setClock } from '#lib/base/time.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { put, update } from '#lib/table/writes.ts'
import { type Attendee, makeAttendees, scopeOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { change, slot, twoAttendees } from '#test/support/meetings.ts'
import { makeSession } from '#test/support/sessions.ts'

const noon = slot('12:00', '12:30')
const ask = (from: Attendee, to: Attendee, body: object = noon) =>
  from.ask('POST', `/people/${to.id}/meetings`, body)

async function people(...names: string[]) {
  const event = await freshEvent()
  return { event, all: await makeAttendees(event, names) }
}

/** Open requests that somebody has sent to people who do not matter, or got from such. */
async function openRequests(at: EventClient, of: Attendee, side: 'sender' | 'receiver', n: number) {
  const scope = await scopeOf(at)
  const stranger = 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa'
  const base = {
    status: 'CREATED',
    start: '2027-05-04T08:00:00.000Z',
    end: '2027-05-04T08:30:00.000Z',
  }
  const both = { sender: stranger, receiver: stranger, [side]: of.id }
  const rows = [...Array(n).keys()].map((i) => {
    const id = `old-${i}`
    const other = { ...both, ...(side === 'sender' && { receiver: `${stranger}${i}` }) }
    return put({ ...keys.meeting(scope, of.id, id), id, ...base, ...other })
  })
  for (const some of chunks(rows, 90)) await transact(scope, some)
}

test('takes three open requests of one person to another, however many are sent at once', async () => {
  const { all } = await people('Ada', 'Eve', 'Bob')
  const [ada, eve, bob] = all as [Attendee, Attendee, Attendee]
  const asked = await Promise.all([...Array(8)].map(() => ask(ada, eve)))
  const taken = asked.filter(({ status }) => status === 200)
  expect(taken).toHaveLength(limits.requestsToOne.value)
  for (const one of asked.filter(({ status }) => status !== 200)) {
    expectError(one, 'too_many_meetings')
    expect(one.body.message).toContain('to this person')
  }
  expect((await ask(ada, bob)).status).toBe(200)
  const [first, second, third] = taken.map(({ body }) => body.id)
  expect((await change(ada, first, slot('13:00', '13:30'))).status).toBe(200)
  expectError(await ask(ada, eve), 'too_many_meetings')
  expect((await change(eve, first, { status: 'DECLINED' })).status).toBe(200)
  expect((await ask(ada, eve)).status).toBe(200)
  expectError(await ask(ada, eve), 'too_many_meetings')
  expect((await change(ada, second, { status: 'CANCEL' })).status).toBe(200)
  expect((await ask(ada, eve)).status).toBe(200)
  expect((await change(eve, third, { status: 'BOOKED' })).status).toBe(200)
  expect((await ask(ada, eve, slot('14:00', '14:30'))).status).toBe(200)
  // Moved, the booked one would be a fourth.
  expectError(await change(ada, third, slot('15:00', '15:30')), 'too_many_meetings')
})

test('counts a request that comes back with other times among those of whoever moved it', async () => {
  const { event, all } = await people('Ada', 'Eve')
  const [ada, eve] = all as [Attendee, Attendee]
  const { id } = (await ask(ada, eve)).body
  expect((await change(eve, id, slot('13:00', '13:30'))).status).toBe(200)
  const scope = await scopeOf(event)
  const rowOf = (who: Attendee) => getRow(scope, keys.meetingRequests(scope, who.id))
  expect(await rowOf(ada)).toMatchObject({ sent: {}, ct: 1 })
  expect(await rowOf(eve)).toMatchObject({ sent: { [id]: { to: ada.id } }, ct: 0 })
  expect((await change(eve, id, { status: 'CANCEL' })).body).toMatchObject({ note: '' })
  expect(await rowOf(ada)).toMatchObject({ sent: {}, ct: 0 })
  expect(await rowOf(eve)).toMatchObject({ sent: {}, ct: 0 })
})

test('takes 50 open requests of one person, those of earlier versions included', async () => {
  const { event, all } = await people('Ada', 'Eve', 'Bob', 'Cem', 'Dan')
  const [ada, ...others] = all as [Attendee, ...Attendee[]]
  await openRequests(event, ada, 'sender', limits.requestsOpen.value - 2)
  const asked = await Promise.all(others.map((one) => ask(ada, one)))
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(2)
  for (const one of asked.filter(({ status }) => status !== 200)) {
    expectError(one, 'too_many_meetings')
    expect(one.body.message).toContain('50 open requests')
  }
})

test('gives nobody more than 500 open requests to answer, whoever races', async () => {
  const { event, all } = await people('Ada', 'Eve', 'Bob', 'Cem', 'Dan')
  const [ada, ...others] = all as [Attendee, ...Attendee[]]
  await openRequests(event, ada, 'receiver', limits.requestsToAnswer.value - 2)
  const asked = await Promise.all(others.map((one) => ask(one, ada)))
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(2)
  for (const one of asked.filter(({ status }) => status !== 200)) {
    expectError(one, 'too_many_meetings')
    expect(one.body.message).toContain('requests to answer')
  }
})

test('counts anew what has ended without an answer before it refuses', async () => {
  const { event, all } = await people('Ada', 'Eve')
  const [ada, eve] = all as [Attendee, Attendee]
  await ask(ada, eve)
  const scope = await scopeOf(event)
  const full = { set: { ct: limits.requestsToAnswer.value } }
  await transact(scope, [update(keys.meetingRequests(scope, eve.id), full)])
  expectError(await ask(ada, eve), 'too_many_meetings')
  const back = setClock(() => Date.now() + 11_000)
  try {
    expect((await ask(ada, eve)).status).toBe(200)
  } finally {
    back()
  }
})

test('changes nothing of a request to who takes none any more, but takes it back', async () => {
  const { all } = await people('Ada', 'Eve')
  const [ada, eve] = all as [Attendee, Attendee]
  const { body } = await ask(ada, eve, { ...noon, note: 'Coffee?' })
  await eve.ask('PATCH', '/people/me/profile', { acceptMeetingRequests: 'NO_ONE' })
  expectError(await change(ada, body.id, { note: 'still here' }), 'meetings_closed')
  expectError(await change(ada, body.id, slot('13:00', '13:30')), 'meetings_closed')
  expectError(await change(ada, body.id, { status: 'BOOKED' }), 'meeting_state')
  expect((await change(ada, body.id, body)).body).toEqual(body)
  const moved = await change(eve, body.id, slot('14:00', '14:30'))
  expect(moved.body.senderUserId).toBe(eve.id)
  expect((await change(ada, body.id, { status: 'BOOKED' })).status).toBe(200)
  expectError(await change(ada, body.id, slot('15:00', '15:30')), 'meetings_closed')
  const off = await change(ada, body.id, { status: 'CANCEL' })
  expect(off.body.status).toBe('CANCEL')
  expectError(await change(ada, body.id, { note: 'and now' }), 'meeting_state')
})

test('changes nothing of a request to who hides since, and leaves no note when it is taken back', async () => {
  const { ada, eve, request } = await twoAttendees()
  const { body } = await request('12:00', '12:30')
  expect((await change(ada, body.id, { note: 'Coffee?' })).body.note).toBe('Coffee?')
  await eve.ask('PATCH', '/people/me/profile', { exposeProfileToOtherUser: false })
  expectError(await change(ada, body.id, { note: 'hello' }), 'meetings_closed')
  const back = await change(ada, body.id, { status: 'CANCEL' })
  expect(back.body).toMatchObject({ status: 'CANCEL', note: '' })
})

test('says which of the two is not free, and of oneself what there is', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  const { session_id } = await makeSession(event, {
    session_name: 'Secret talk',
    session_start_time: '10-00',
    session_end_time: '11-00',
  })
  await event.ask('POST', `/sessions/resources/${session_id}/attendees/${eve.id}`)
  const theirs = await request('10:30', '11:30')
  expectError(theirs, 'slot_not_available')
  expect(theirs.body.errors).toEqual([
    { field: 'receiverUserId', message: 'The other has something else at that time.' },
  ])
  expect(theirs.text).not.toContain('Secret')
  const own = await ask(eve, ada, slot('10:30', '11:30'))
  expectError(own, 'slot_not_available')
  expect(own.body.errors).toEqual([
    {
      field: 'senderUserId',
      message:
        'You have the session “Secret talk” from 2027-05-04T10:00:00+02:00 to 2027-05-04T11:00:00+02:00.',
    },
  ])
  await ada.ask('PATCH', '/people/me/profile', {
    rules: [{ date: '2027-05-05', start: '09:00', end: '10:00' }],
  })
  const away = await request('12:00', '12:30')
  expect(away.body.errors).toEqual([
    { field: 'senderUserId', message: 'You are not there for meetings at that time.' },
  ])
})

test('exports somebody to whom others have sent more than an answer holds', async () => {
  const { event, all } = await people('Ada', 'Eve')
  const [ada, eve] = all as [Attendee, Attendee]
  const scope = await scopeOf(event)
  const when = { start: '2027-05-04T08:00:00.000Z', end: '2027-05-04T08:30:00.000Z', vr: 1 }
  const rows = [...Array(2_100).keys()].map((n) => {
    const id = `old-${String(n).padStart(4, '0')}`
    const createdAt = new Date(Date.UTC(2027, 0, 1, 0, 0, n)).toISOString()
    const sent = { sender: eve.id, receiver: ada.id, status: 'CREATED', rejectedBy: '' }
    const note = n < 900 ? '漢'.repeat(1_000) : ''
    const stamps = { createdAt, updatedAt: createdAt }
    return put({ ...keys.meeting(scope, ada.id, id), ...sent, ...when, ...stamps, id, note })
  })
  for (const some of chunks(rows, 90)) await transact(scope, some)
  const exported = await event.ask('GET', `/people/resources/${ada.id}/export`)
  expect(exported.status, exported.text.slice(0, 300)).toBe(200)
  expect(exported.body.meetings_number).toBe(2_100)
  expect(exported.body.meetings).toHaveLength(2_000)
  const noted = exported.body.meetings.filter(({ note }: { note: string }) => note !== '')
  expect(noted).toHaveLength(Math.floor(2_000_000 / 3_000))
})
