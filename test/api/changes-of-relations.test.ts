import { beforeAll, expect, test } from 'vitest'
import { makeAttendee } from '../support/attendee.ts'
import { call } from '../support/call.ts'
import { changesBy, typesOf } from '../support/changes.ts'
import { freshEvent, makePerson, runAllJobs } from '../support/factories.ts'
import { followChanges } from '../support/feed.ts'
import { change, slot, twoAttendees } from '../support/meetings.ts'
import { meetUp } from '../support/networking.ts'
import { picturesOf, square } from '../support/pictures.ts'

beforeAll(followChanges)

const done = async (reply: Promise<{ status: number; text: string }>) => {
  const { status, text } = await reply
  expect(status, text).toBe(200)
}

test('tells of tickets and their types', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  const type = { name: 'All', session_access: 'all' }
  const changes = await changesBy(at, async () => {
    const { body } = await at.ask('POST', '/ticket_types', type)
    const held = `/people/resources/${person}/ticket`
    await done(at.ask('PUT', held, { ticket_type_id: body.ticket_type_id }))
    await done(at.ask('DELETE', held))
    await done(at.ask('PATCH', `/ticket_types/${body.ticket_type_id}`, { name: 'Every' }))
    await done(at.ask('DELETE', `/ticket_types/${body.ticket_type_id}`))
  })
  expect(changes.map(({ type: told }) => told)).toEqual([
    'ticket_type.created',
    'ticket.issued',
    'ticket.removed',
    'ticket_type.updated',
    'ticket_type.deleted',
  ])
  expect(changes[1]?.note).toMatchObject({ person_id: person })
})

test('tells of pictures and of who shows them', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const { person_id: person } = await makePerson(at)
  const changes = await changesBy(at, async () => {
    const { resource_id: id } = await pictures.add(await square())
    await done(
      at.ask('PATCH', `/people/resources/${person}`, { profile: { picture_resource_id: id } }),
    )
    await done(at.ask('DELETE', `/resources/pictures/${id}?force=true`))
    await runAllJobs()
  })
  expect(changes.map(({ type }) => type)).toEqual([
    'picture.created',
    'person.updated',
    'picture.deleted',
  ])
  expect(changes[1]?.changed).toEqual(['picture_resource_id'])
})

test('tells of connections and meetings once, though both people have them', async () => {
  const at = await freshEvent()
  const [ada, eve] = [await makeAttendee(at), await makeAttendee(at)]
  const connection = `/people/${eve.id}/connection`
  const changes = await changesBy(at, async () => {
    await done(ada.ask('POST', connection))
    await done(eve.ask('PUT', `/people/${ada.id}/connection`, { status: 'ACCEPT' }))
    await done(ada.ask('DELETE', connection))
    await done(ada.ask('POST', connection))
    await done(ada.ask('DELETE', connection))
  })
  expect(changes.map(({ type }) => type)).toEqual([
    'connection.requested',
    'connection.accepted',
    'connection.removed',
    'connection.requested',
    'connection.removed',
  ])
  for (const { note } of changes)
    expect(note).toEqual({ from_person_id: ada.id, to_person_id: eve.id })
  for (const { actor } of changes) expect(actor).toMatchObject({ role: 'attendee', name: '' })
  await done(ada.ask('POST', connection))
  const types = await typesOf(at, async () => {
    await done(at.ask('DELETE', `/people/resources/${ada.id}`))
    await runAllJobs()
  })
  expect(types).toEqual(['person.deleted'])
})

test('tells of schedules, their groups, users and logs', async () => {
  const at = await freshEvent()
  const types = await typesOf(at, async () => {
    const starts_at = '2027-05-04T08:00:00Z'
    const { body } = await at.ask('POST', '/event_schedules', { starts_at })
    const id = body.event_schedule_id ?? body.id
    await done(
      call('PATCH', `/event_schedules/${id}`, {
        token: at.token,
        body: { ends_at: '2027-05-04T09:00:00Z' },
      }),
    )
    await done(call('DELETE', `/event_schedules/${id}`, { token: at.token }))
    await runAllJobs()
  })
  expect(types).toEqual(['schedule.created', 'schedule.updated', 'schedule.deleted'])
})

test('tells of meetings once, by what becomes of them', async () => {
  const { event, ada, eve, request } = await twoAttendees()
  const changes = await changesBy(event, async () => {
    const first = (await request('10:00', '10:30')).body.id
    await done(change(eve, first, { status: 'BOOKED' }))
    await done(change(eve, first, slot('11:00', '11:30')))
    await done(change(ada, first, { status: 'DECLINED' }))
    const second = (await request('12:00', '12:30')).body.id
    await done(change(ada, second, { note: 'At the bar' }))
    await done(change(ada, second, { status: 'CANCEL' }))
  })
  expect(changes.map(({ type }) => type)).toEqual([
    ...['meeting.requested', 'meeting.booked', 'meeting.moved', 'meeting.declined'],
    ...['meeting.requested', 'meeting.cancelled'],
  ])
  const { note } = changes[0] ?? {}
  expect(note).toEqual({ sender_person_id: ada.id, receiver_person_id: eve.id })
})

test('tells of rounds that were held, with those who joined', async () => {
  const { at, session, joinAll, ready, round } = await meetUp(['A', 'B'])
  const changes = await changesBy(at, async () => {
    await joinAll()
    await ready()
    await round()
  })
  expect(changes.map(({ type }) => type)).toEqual([
    ...['attendance.added', 'attendance.added', 'networking.round_held'],
  ])
  expect(changes.at(-1)).toMatchObject({
    object_id: session,
    note: { session_id: session, round: 1 },
    actor: { role: 'super_admin' },
  })
})
