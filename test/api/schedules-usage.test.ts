import { expect, test } from 'vitest'
import { good, invite, liveSchedule, logged } from '#test/support/schedules.ts'

const at = (minute: number, second = 0) =>
  new Date(Date.UTC(2020, 4, 4, 13, minute, second)).toISOString()

test('adds up presence as a count of single seconds does', async () => {
  const air = await liveSchedule()
  const second = await good(air.ask('POST', '/groups', { name: 'Second' }))
  const users = [
    air.user,
    await invite(air, 'b@example.com'),
    await invite({ ...air, key: second.access_key }, 'c@example.com', { name: 'Cee' }),
  ]
  const logs = [...Array(60).keys()].map((n) => {
    const from = (n * 7919) % 5400
    return { user: users[n % 3] ?? 0, from, to: from + ((n * 104_729) % 1500) }
  })
  for (const { user, from, to } of logs) await logged({ ...air, user }, at(0, from), at(0, to))
  const usage = await good(air.at(`${air.schedule.guid}/usage`))
  const present = (user: number, from: number, to: number) =>
    logs.some((log) => log.user === user && log.from < to && from < log.to)
  const seconds = users.map(
    (user) => [...Array(7200).keys()].filter((s) => present(user, s, s + 1)).length,
  )
  expect(usage.users.map((row: { seconds: number }) => row.seconds)).toEqual(seconds)
  expect(usage.total.seconds).toBe(seconds.reduce((sum, one) => sum + one, 0))
  expect(usage.total).toMatchObject({ users: 3, logs: 60 })
  expect(usage.groups.map((row: { seconds: number }) => row.seconds)).toEqual([
    (seconds[0] ?? 0) + (seconds[1] ?? 0),
    seconds[2],
  ])
  const first = Math.min(...logs.map(({ from }) => from))
  expect(Date.parse(usage.total.first_in)).toBe(Date.parse(at(0, first)))
  for (const { minute, users: count } of usage.concurrency) {
    const from = (Date.parse(minute) - Date.parse(at(0))) / 1000
    expect(count).toBe(users.filter((user) => present(user, from, from + 60)).length)
  }
  expect(usage.users[2]).toMatchObject({ email: 'c@example.com', name: 'Cee' })
})

test('gives the usage as a table in which no name is a formula', async () => {
  const air = await liveSchedule()
  const user = await invite(air, 'x@example.com', { name: '=HYPERLINK("http://evil.example")' })
  await logged({ ...air, user }, at(0), at(61, 30))
  for (const [path, headers] of [
    ['usage.csv', {}],
    ['usage', { accept: 'text/csv' }],
  ] as const) {
    const reply = await air.at(`${air.schedule.id}/${path}`, 'GET', undefined, headers)
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8')
    const [head, row] = reply.text.split('\r\n')
    expect(head).toContain('event_group_user_id,email,name')
    expect(reply.bytes.subarray(0, 3).toString('hex')).toBe('efbbbf')
    expect(row).toContain("'=HYPERLINK")
    expect(row).toContain('3690,1:01:30,2020-05-04T09:00:00-04:00')
  }
})

test('draws who was there as a picture that runs nothing', async () => {
  const air = await liveSchedule()
  await logged(air, at(0), at(90))
  const reply = await air.at(`${air.schedule.id}/usage.svg`)
  expect(reply.headers['content-type']).toContain('image/svg+xml')
  expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
  expect(reply.text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
  expect(reply.text.endsWith('</svg>')).toBe(true)
  expect(reply.text).not.toMatch(/<script|on\w+=|href/)
})

test('answers the usage of a schedule that nobody has seen', async () => {
  const air = await liveSchedule()
  const usage = await good(air.at(`${air.schedule.id}/usage`))
  expect(usage.total).toEqual({ seconds: 0, logs: 0, users: 0, first_in: null, last_out: null })
  expect((await air.at(`${air.schedule.id}/usage.svg`)).status).toBe(200)
})
