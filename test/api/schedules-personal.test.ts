import { afterEach, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { eraseOldLogs } from '#lib/store/jobs/personal-logs.ts'
import { unlinkUsers } from '#lib/store/jobs/schedules.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { call } from '#test/support/call.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { good, liveSchedule, logged, scopeOf } from '#test/support/schedules.ts'

let putBack = () => {}
afterEach(() => putBack())

const day = 86_400_000
const personal = { ip_address: '203.0.113.83', ip_location: 'Denver', user_agent: 'Mozilla' }
const times = ['2020-05-04T09:00:00Z', '2020-05-04T10:00:00Z'] as const
const deadline = () => Date.now() + 20_000

test('removes personal values of old logs, hidden from the first moment', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  await logged(air, ...times, personal)
  await logged(air, '2020-05-04T11:00:00Z', '2020-05-04T12:00:00Z')
  const read = async () => {
    const [{ ip_address, ip_location, user_agent }] = await good(air.at(`${air.schedule.id}/logs`))
    return { ip_address, ip_location, user_agent }
  }
  const kept = () => queryRows(scope, { pk: keys.scheduleLogs(scope, air.schedule.id) })
  const start = Date.now()
  putBack = setClock(() => start + 179 * day)
  await eraseOldLogs(deadline())
  expect(await read()).toEqual(personal)
  putBack()
  putBack = setClock(() => start + 181 * day)
  expect(await read()).toEqual({ ip_address: '', ip_location: '', user_agent: '' })
  expect(JSON.stringify(await kept())).toContain(personal.ip_address)
  expect((await eraseOldLogs(deadline())).erased).toBeGreaterThan(0)
  expect(JSON.stringify(await kept())).not.toMatch(/203\.0\.113|Denver|Mozilla/)
  expect((await kept()).length).toBe(2)
  expect((await eraseOldLogs(deadline())).erased).toBe(0)
})

test('keeps the usage of an erased person without anything that says who it was', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  await logged(air, ...times, personal)
  for (let round = 0; round < 2; round += 1) {
    await unlinkUsers(scope, ['someone@example.com'])
  }
  const texts = await Promise.all(
    ['', '/users', '/logs', `/logs?event_group_user_id=${air.user}`, '/usage', '/usage.csv'].map(
      async (path) => (await air.at(`${air.schedule.id}${path}`)).text,
    ),
  )
  expect(texts.join()).not.toMatch(/someone@|203\.0\.113|Denver|Mozilla/)
  const usage = await good(air.at(`${air.schedule.id}/usage`))
  expect(usage.users[0]).toMatchObject({ event_group_user_id: air.user, seconds: 3600, name: null })
  expect((await air.ask('GET', '/users?email=someone@example.com')).status).toBe(404)
  await logged(air, '2020-05-04T11:00:00Z', '2020-05-04T12:00:00Z', personal)
  const rows = await queryRows(scope, { pk: keys.scheduleLogs(scope, air.schedule.id) })
  expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113|Denver|Mozilla/)
  expect(
    (await air.ask('POST', `/groups/${air.key}`, { email: 'someone@example.com' })).status,
  ).toBe(200)
})

test('leaves no logs of a deleted schedule, not even late ones', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  const id = air.schedule.id
  await logged(air, ...times, personal)
  await good(air.at(String(id), 'DELETE'))
  await runAllJobs()
  for (const pk of [
    keys.scheduleLogs(scope, id),
    keys.scheduleLogSegments(scope, id),
    keys.scheduleStays(scope, id),
  ]) {
    expect(await queryRows(scope, { pk })).toEqual([])
  }
  const body = { event_group_user_id: air.user, time_in: times[0], time_out: times[1] }
  expect((await air.at(`${air.schedule.guid}/logs`, 'POST', body)).status).toBe(404)
  expect((await good(air.ask('GET', `/groups/${air.key}`))).eventGroup.id).toBe(air.group.id)
})

test('removes everything of a deleted event', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  await logged(air, ...times, personal)
  await good(call('DELETE', `/events/${air.id}`, { token: air.token }))
  expect((await air.at(air.schedule.guid)).status).toBe(404)
  await runAllJobs()
  const partitions = [
    keys.schedules(scope),
    keys.scheduleGroups(scope),
    keys.scheduleUsers(scope),
    keys.scheduleUserSegments(scope),
    keys.scheduleEmails(scope, 'someone@example.com'),
    keys.scheduleCount(scope),
    keys.scheduleGroupCount(scope),
    keys.scheduleUserCount(scope),
    keys.scheduleAccess(scope, air.key).pk,
    keys.scheduleByGuid(scope, air.schedule.guid).pk,
    keys.scheduleByNumber(scope, air.schedule.id).pk,
    keys.scheduleLogs(scope, air.schedule.id),
    keys.scheduleStays(scope, air.schedule.id),
    keys.scheduleLogSegments(scope, air.schedule.id),
  ]
  for (const pk of partitions) expect(await queryRows(scope, { pk }), pk).toEqual([])
})
