import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { codeOf } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { unlinkUsers } from '#lib/store/jobs/schedules.ts'
import { requireAccessGroup, usersById } from '#lib/store/read/access-groups.ts'
import { requireSchedule } from '#lib/store/read/schedules.ts'
import { sets } from '#lib/store/sets.ts'
import { createAccessGroup, joinAccessGroup } from '#lib/store/write/access-groups.ts'
import { createSchedule } from '#lib/store/write/schedules.ts'
import { addLog } from '#lib/store/write/usage-logs.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { closeBuckets } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { put, update, type Write } from '#lib/table/writes.ts'
import { expectError } from '#test/support/errors.ts'
import { good, liveSchedule, logged, scopeOf } from '#test/support/schedules.ts'

const log = { time_in: '2020-05-04T09:00:00Z', time_out: '2020-05-04T10:00:00Z' }

test('holds at most as many schedules, groups or users as its limits say', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  const fill = async (count: number, key: (id: number) => { pk: string; sk: string }) => {
    const steps = [...Array(count).keys()].map((n) => put({ ...key(1_000_000 + n) }))
    for (const some of chunks<Write>(steps, 99)) await transact(scope, some)
  }
  await fill(limits.schedules.value - 2, (id) => keys.schedule(scope, id))
  await fill(limits.scheduleGroups.value - 2, (id) => keys.scheduleGroup(scope, id))
  await fill(limits.scheduleUsers.value - 2, (id) => keys.scheduleUser(scope, id))
  // Sets that nobody has counted in so far count the rows that are there.
  const counted = [sets.schedules(scope), sets.accessGroups(scope), sets.accessUsers(scope)]
  await transact(scope, counted.flatMap(closeBuckets))
  const asks = [
    () => air.ask('POST', '/event_schedules', { starts_at: log.time_in }),
    () => air.ask('POST', '/groups', { name: 'One more' }),
    (n: number) => air.ask('POST', `/groups/${air.key}`, { email: `p${n}@example.com` }),
  ]
  for (const ask of asks) {
    const replies = await Promise.all([1, 2, 3, 4].map(ask))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = await ask(5)
    expect([refused.status, refused.error]).toEqual([409, 'too_many_objects'])
  }
})

test('refuses more logs of one user in a day than anybody can have', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  await logged(air, log.time_in, log.time_out)
  const row = keys.scheduleStay(scope, air.schedule.id, air.user, '2020-05-04')
  const count = limits.logsPerUserDay.value - 2
  await transact(scope, [update(row, { add: { ct: count } }, { exists: true }, 'conflict')])
  await logged(air, log.time_in, '2020-05-04T10:00:01Z')
  const body = { event_group_user_id: air.user, ...log, time_out: '2020-05-04T10:00:02Z' }
  const refused = await air.at(`${air.schedule.guid}/logs`, 'POST', body)
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '3600'])
  const logs = [body, { event_group_user_id: air.user, ...log }]
  const rows = await good(air.at(`${air.schedule.guid}/logs/bulk`, 'POST', { logs: [body] }))
  expect(rows[0]).toMatchObject({ status: 429, error: { code: codeOf('too_many_requests') } })
  expect(
    (await good(air.at(`${air.schedule.guid}/logs`, 'POST', logs[1]))).eventLog.id,
  ).toBeTruthy()
})

test('loses none of many changes that come at once', async () => {
  const air = await liveSchedule()
  const id = String(air.schedule.id)
  const changes = [
    { ends_at: '2017-07-10T17:00:00Z' },
    { status: 'Closed' },
    { on_demand_url: 'https://example.com/again' },
  ]
  const replies = await Promise.all(changes.map((change) => air.at(id, 'PATCH', change)))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await good(air.at(id))).toMatchObject({
    ends_at: '2017-07-10T13:00:00.000-04:00',
    status: 'Closed',
    on_demand_url: 'https://example.com/again',
  })
  const cleared = await good(air.at(id, 'PATCH', { ends_at: null, on_demand_url: null }))
  expect(cleared).toMatchObject({ ends_at: null, on_demand_url: '' })
  const deletions = await Promise.all([...Array(5)].map(() => air.at(id, 'DELETE')))
  expect(deletions.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404])
})

test('refuses ids or cursors that it never gave out', async () => {
  const air = await liveSchedule()
  const made = await air.ask('POST', '/event_schedules', { id: 7, starts_at: log.time_in })
  expect([made.status, made.error, made.body.fields]).toEqual([400, 'reserved_id', 'id'])
  const cursor = Buffer.from('000000000000001#0000000001').toString('base64url')
  expectError(await air.ask('GET', `/event_schedules?cursor=${cursor}`), 'invalid_cursor')
  expect((await air.at(`${air.schedule.id}/logs?cursor=${cursor}&offset=1`)).status).toBe(422)
  expect((await air.at(`${air.schedule.id}/logs?cursor=${cursor}`)).status).toBe(200)
  expect((await air.at(`${air.schedule.id}/users?limit=1001`)).status).toBe(400)
})

test('makes nothing in an event that is being deleted meanwhile', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  await good(air.ask('DELETE', ''))
  const fields = { startsAt: '2027-05-04T09:00:00.000Z', status: 'Active', onDemandUrl: '' }
  await expect(createSchedule(scope, fields)).rejects.toMatchObject({
    reason: 'event_not_found',
  })
  const group = { name: 'Late', isText: false, isVideo: true, isChat: false }
  const rest = { isDisallowTranscriptSave: false, isOnDemandAvailable: false, isCameo: false }
  await expect(createAccessGroup(scope, { ...group, ...rest })).rejects.toMatchObject({
    reason: 'event_not_found',
  })
  const access = await requireAccessGroup(scope, air.key)
  const late = joinAccessGroup(scope, access, { email: 'late@example.com' })
  await expect(late).rejects.toMatchObject({ reason: 'event_not_found' })
})

test('keeps nothing personal of a log whose user is erased while it is posted', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  const user = (await usersById(scope, [air.user])).get(air.user)
  const schedule = await requireSchedule(scope, air.schedule.id)
  if (!user) throw new Error('no such user')
  await unlinkUsers(scope, ['someone@example.com'])
  const times = { timeIn: '2020-05-04T09:00:00.000Z', timeOut: '2020-05-04T10:00:00.000Z' }
  await addLog(scope, schedule, { user, ...times, ip: '203.0.113.83' })
  const rows = await queryRows(scope, { pk: keys.scheduleLogs(scope, schedule.id) })
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain('203.0.113.83')
})

test('takes no log into a schedule that was deleted since it was read', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  const user = (await usersById(scope, [air.user])).get(air.user)
  const schedule = await requireSchedule(scope, air.schedule.id)
  if (!user) throw new Error('no such user')
  await good(air.at(String(schedule.id), 'DELETE'))
  const times = { timeIn: '2020-05-04T09:00:00.000Z', timeOut: '2020-05-04T10:00:00.000Z' }
  const late = addLog(scope, schedule, { user, ...times })
  await expect(late).rejects.toMatchObject({ reason: 'schedule_not_found' })
})
