import { expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { makePerson } from '#test/support/factories.ts'
import { good, invite, liveSchedule, logged } from '#test/support/schedules.ts'

const row = {
  id: 'number',
  event_schedule_id: 'null',
  event_id: 'number',
  starts_at: 'string',
  ends_at: 'null',
  display_start_time: 'null',
  display_end_time: 'null',
  legacy_class: 'null',
  legacy_id: 'null',
  created_at: 'string',
  updated_at: 'string',
  starting_time: 'string',
  starting_date: 'string',
  status: 'string',
  on_demand_url: 'string',
  speche_guid: 'null',
}
const group = {
  id: 'number',
  scheduler_case_id: 'number',
  event_id: 'number',
  user_group_chatroom_id: 'number',
  name: 'string',
  access_key: 'string',
  is_text: 'boolean',
  is_video: 'boolean',
  is_chat: 'boolean',
  is_disallow_transcript_save: 'boolean',
  is_on_demand_available: 'boolean',
  product_description: 'string',
  deleted_at: 'null',
  legacy_case_group_id: 'null',
  created_at: 'string',
  updated_at: 'string',
  is_cameo: 'boolean',
}
const member = {
  user_group_id: 'number',
  id: 'number',
  user_id: 'number',
  user_email: 'string',
  is_text: 'boolean',
  is_video: 'boolean',
  is_chat: 'boolean',
  is_disallow_transcript_save: 'null',
  product_description: 'string',
  created_at: 'string',
  updated_at: 'string',
  is_cameo: 'boolean',
  access_token: 'string',
  invited_at: 'string',
  first_invited_at: 'string',
}
const log = {
  id: 'number',
  event_group_id: 'null',
  event_schedule_id: 'number',
  user_id: 'null',
  time_in: 'string',
  time_out: 'string',
  ip_address: 'string',
  event_id: 'number',
  session_id: 'null',
  billable: 'null',
  admin_logged_out: 'null',
  legacy_class: 'null',
  live_note_user_id: 'null',
  legacy_id: 'null',
  created_at: 'string',
  updated_at: 'string',
  product_description: 'string',
  user_group_id: 'number',
  user_group_name: 'string',
  user_email: 'string',
  user_group_user_id: 'string',
  data_source: 'null',
  user_agent: 'string',
  ip_location: 'string',
}
const eventLog = {
  id: 'number',
  guid: 'string',
  email: 'string',
  timeIn: 'string',
  timeOut: 'string',
  eventGroup: { id: 'number', accessKey: 'string' },
  event: { id: 'number', title: 'string' },
}
const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[45]:00$/

test('reads a schedule with all below it in the shape of the document', async () => {
  const air = await liveSchedule()
  await makePerson(air, { profile: { first_name: 'Some', email_address: 'someone@example.com' } })
  const read = await good(air.at(String(air.schedule.id)))
  expect(shapeOf(read)).toEqual({
    ...row,
    event_groups: [{ ...group, event_group_users: [member] }],
  })
  expect(Object.keys(read)).toEqual([...Object.keys(row), 'event_groups'])
  expect(read.starts_at).toBe('2017-07-10T09:00:00.000-04:00')
  expect(read).toMatchObject({ starting_time: '9:00 AM', starting_date: '07/10/2017' })
  expect(read.created_at).toMatch(local)
  expect(read.event_groups[0].product_description).toBe('Video Only')
  expect(read.event_groups[0].access_key).toMatch(/^[0-9a-f]{32}$/)
  expect(await good(air.at(air.schedule.guid))).toEqual(read)
})

test('knows the users of a schedule by address, also those who become people later', async () => {
  const air = await liveSchedule()
  const path = `${air.schedule.id}/users`
  const [before] = await good(air.at(path))
  expect(Object.keys(before)).toEqual(['id', 'user_id', 'email', 'name', 'invited_at'])
  expect(before).toMatchObject({ user_id: null, email: 'someone@example.com', name: null })
  const person = await makePerson(air, {
    profile: { first_name: 'Some', email_address: 'Someone@Example.com' },
  })
  const [after] = await good(air.at(path))
  expect(Number.isSafeInteger(after.user_id)).toBe(true)
  await good(air.ask('DELETE', `/people/resources/${person.person_id}`))
  expect((await good(air.at(path)))[0].user_id).toBe(null)
})

test('pages users with the exact total, by offset or cursor', async () => {
  const air = await liveSchedule()
  for (let n = 0; n < 6; n += 1) await invite(air, `person${n}@example.com`, { name: `P ${n}` })
  const all = await good(air.at(`${air.schedule.id}/users`))
  const second = await air.at(`${air.schedule.id}/users?limit=3&offset=3`)
  expect(second.body).toEqual(all.slice(3, 6))
  expect(second.headers['x-total-count']).toBe('7')
  const first = await air.at(`${air.schedule.id}/users?limit=3`)
  const next = /<([^>]+)>/.exec(first.headers.link ?? '')?.[1] ?? ''
  const followed = await call('GET', next.slice(next.indexOf('/api/v2')), { token: air.token })
  expect(followed.body).toEqual(all.slice(3, 6))
  const wrong = await air.at(`${air.schedule.id}/users?cursor=abc`)
  expect(wrong.status).toBe(400)
})

test('lists the logs of a schedule as rows of the document', async () => {
  const air = await liveSchedule({ is_text: true })
  await logged(air, '2020-11-11T15:04:03.000-08:00', '2020-11-11T22:32:04.000-08:00', {
    ip_address: '203.0.113.83',
    ip_location: 'Denver, CO, 80202, US',
    user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  })
  const [read] = await good(air.at(`${air.schedule.id}/logs`))
  expect(shapeOf(read)).toEqual(log)
  expect(read).toMatchObject({
    time_in: '2020-11-11T18:04:03.000-05:00',
    time_out: '2020-11-12T01:32:04.000-05:00',
    product_description: 'Video and Realtime',
    user_group_user_id: String(air.user),
    user_group_name: 'Default',
    ip_address: '203.0.113.83',
    ip_location: 'Denver, CO, 80202, US',
  })
})

test('answers a log in UTC, the same when posted as when listed', async () => {
  const air = await liveSchedule()
  const made = await logged(air, '2015-09-09T12:00:00.000Z', '2015-09-09T14:00:00.250Z')
  expect(shapeOf(made)).toEqual(eventLog)
  expect(made).toMatchObject({
    guid: air.schedule.guid,
    email: 'someone@example.com',
    timeIn: '2015-09-09T12:00:00Z',
    timeOut: '2015-09-09T14:00:00.250Z',
    eventGroup: { id: air.group.id, accessKey: air.key },
    event: { id: air.event.number, title: 'Courtroom' },
  })
  const path = `${air.schedule.guid}/logs?event_group_user_id=${air.user}`
  expect(await good(air.at(path))).toEqual([{ eventLog: made }])
})

test('finds users in the shapes that each route has of its own', async () => {
  const air = await liveSchedule()
  const byKey = await good(air.ask('GET', `/groups/${air.key}`))
  expect(byKey).toEqual({
    eventGroup: {
      id: air.group.id,
      accessKey: air.key,
      productDescription: 'Video Only',
      event: { id: air.event.number, title: 'Courtroom' },
    },
  })
  const byEmail = await good(air.ask('GET', '/users?email=SOMEONE@example.com'))
  expect(byEmail).toEqual({
    eventGroupUser: {
      id: air.user,
      email: 'someone@example.com',
      productDescription: 'Video Only',
      eventGroup: { id: air.group.id, access_key: air.key },
    },
  })
  const { event_schedule } = await good(air.ask('GET', `/event_schedules/groups/${air.key}`))
  expect(shapeOf(event_schedule)).toEqual({ guid: 'string', ...row })
  expect(event_schedule.guid).toMatch(/^[0-9a-f]{32}$/)
  expect(shapeOf(air.group)).toEqual(group)
})

function shapeOf(value: unknown): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]))
}
