import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { limits } from '#lib/base/limits.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { makeAttendee, makeAttendees, scopeOf } from '#test/support/attendee.ts'
import { anHourLater, crashAfter, restart, rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, runAllJobs } from '#test/support/factories.ts'
import { change, slot, twoAttendees } from '#test/support/meetings.ts'
import { meetUp } from '#test/support/networking.ts'
import { rowsMentioning } from '#test/support/scan.ts'

test('counts meeting requests of one person that are sent at once, old rows included', async () => {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const others = await makeAttendees(at, ['A', 'B', 'C', 'D', 'E'])
  const scope = await scopeOf(at)
  const rows = [...Array(limits.meetingsSent.value - 2).keys()].map((n) =>
    put({ ...keys.meeting(scope, me.id, `old-${n}`), sender: me.id, status: 'CANCEL' }),
  )
  for (const some of chunks(rows, 90)) await transact(scope, some)
  const asked = await Promise.all(
    others.map(({ id }) => me.ask('POST', `/people/${id}/meetings`, slot('11:00', '11:30'))),
  )
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(2)
  for (const { error } of asked.filter(({ status }) => status !== 200)) {
    expect(error).toBe('too_many_meetings')
  }
})

test('frees the time of a booked meeting at once when the partner is deleted', async () => {
  const { event, ada, eve, book } = await twoAttendees()
  const [bob] = await makeAttendees(event, ['Bob'])
  await book('11:00', '11:30')
  const ask = () => bob?.ask('POST', `/people/${eve.id}/meetings`, slot('11:00', '11:30'))
  expect((await ask())?.error).toBe('slot_not_available')
  expect((await event.ask('DELETE', `/people/resources/${ada.id}`)).status).toBe(200)
  const asked = await ask()
  expect(asked?.status).toBe(200)
  expect((await change(eve, asked?.body.id, { status: 'BOOKED' })).body.status).toBe('BOOKED')
})

test('connects with nobody who is deleted before the connection is written', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  rightBefore(`"C#${eve.id}"`, () => at.ask('DELETE', `/people/resources/${eve.id}`))
  const asked = await ada.ask('POST', `/people/${eve.id}/connection`)
  expectError(asked, 'attendee_not_found')
  await anHourLater(runAllJobs)
  expect((await rowsMentioning(eve.id)).filter(({ sk }) => /^[CW]#/.test(sk))).toEqual([])
})

test('connects with nobody who hides before the connection is written', async () => {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  const hide = () => eve.ask('PATCH', '/people/me/profile', { showProfile: false })
  rightBefore(`"C#${eve.id}"`, hide)
  const asked = await ada.ask('POST', `/people/${eve.id}/connection`)
  expectError(asked, 'attendee_not_found')
})

test('asks nobody for a meeting who closes their calendar before it is written', async () => {
  const { ada, eve, request } = await twoAttendees()
  const close = () => eve.ask('PATCH', '/people/me/profile', { acceptMeetingRequests: 'NO_ONE' })
  rightBefore(`#R#${ada.id}`, close)
  expectError(await request('11:00', '11:30'), 'meetings_closed')
})

test('asks nobody for a meeting who is deleted before it is written', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  rightBefore(`#R#${ada.id}`, () => event.ask('DELETE', `/people/resources/${eve.id}`))
  expectError(await request('11:00', '11:30'), 'person_not_found')
  await anHourLater(runAllJobs)
  expect((await rowsMentioning(eve.id)).filter(({ sk }) => /^[CW]#/.test(sk))).toEqual([])
})

test('declines no meeting with somebody who is deleted before the answer is written', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  const { body } = await request('11:00', '11:30')
  rightBefore(`"W#${body.id}"`, () => event.ask('DELETE', `/people/resources/${ada.id}`))
  const answer = await change(eve, body.id, { status: 'DECLINED' })
  expectError(answer, 'meeting_not_found')
})

test('sets no value under a field that is deleted before it is written', async () => {
  const at = await freshEvent()
  const field = { field_name: 'x', view_permission: 'Everyone', edit_permission: 'Everyone' }
  const made = await at.ask('POST', '/people/custom_fields', field)
  const id = made.body.custom_field_id as string
  const me = await makeAttendee(at)
  rightBefore(`"${me.id}"`, () => at.ask('DELETE', `/people/custom_fields/${id}`))
  const patch = { custom_fields_meta: { [id]: 'late' } }
  const answer = await me.ask('PATCH', '/people/me/profile', patch)
  expectError(answer, 'unknown_custom_field')
  await anHourLater(runAllJobs)
  expect(await rowsMentioning('"late"')).toEqual([])
})

test('leaves in one transaction, and is ready no more after coming back', async () => {
  const { people, path, joinAll, ready, round } = await meetUp(['A', 'B'])
  const [ada] = people
  if (!ada) throw new Error('somebody was made')
  await joinAll()
  await ready()
  crashAfter(1)
  const left = await ada.ask('DELETE', `${path}/registration`)
  restart()
  expect(left.body).toMatchObject({ registered: false, ready: false })
  const back = await ada.ask('PUT', `${path}/registration`)
  expect(back.body).toMatchObject({ registered: true, ready: false })
  expect((await round()).pairs).toEqual([])
})

test('lets in nobody whose ticket is taken before they have joined', async () => {
  const { at, people, path } = await meetUp(['A'])
  const [ada] = people
  if (!ada) throw new Error('somebody was made')
  rightBefore(`"${ada.id}"`, () => at.ask('DELETE', `/people/resources/${ada.id}/ticket`))
  const joined = await ada.ask('PUT', `${path}/registration`)
  expectError(joined, 'not_registered')
})

test('names both sides to attendees by our ids alone, whatever system asks', async () => {
  const event = await freshEvent()
  const named = (id: string) => ({
    profile: { first_name: id },
    external_ids: [{ id_system: 'crm', id }],
  })
  const ada = await makeAttendee(event, named('a-1'))
  const eve = await makeAttendee(event, named('e-1'))
  const crm = { ext_id_system: 'crm' }
  const meet = (id: string) =>
    ada.ask('POST', `/people/${id}/meetings`, slot('11:00', '11:30'), crm)
  expect((await meet('e-1')).status).toBe(404)
  const asked = await meet(eve.id)
  expect(asked.body).toMatchObject({ senderUserId: ada.id, receiverUserId: eve.id })
  const declined = { status: 'DECLINED' }
  const path = `/people/me/meetings/${asked.body.id}`
  expect((await eve.ask('PUT', path, declined, crm)).body.rejectedBy).toBe(eve.id)
  expect((await ada.ask('GET', path, undefined, crm)).body).toMatchObject({
    senderUserId: ada.id,
    rejectedBy: eve.id,
  })
  await ada.ask('POST', `/people/${eve.id}/connection`, undefined, crm)
  const answer = `/people/${ada.id}/connection`
  const rejected = await eve.ask('PUT', answer, { status: 'REJECT' }, crm)
  expect(rejected.body).toMatchObject({ userId: ada.id, rejectedBy: eve.id })
  const profile = await eve.ask('GET', `/people/${ada.id}/profile`, undefined, crm)
  expect(profile.body.rejectedBy).toBe(eve.id)
})
