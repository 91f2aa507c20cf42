import { expect, it } from 'vitest'
import { usageOf } from '#lib/model/usage.ts'
import { durationOf, usageCsv } from '#lib/wire/usage-csv.ts'

const at = (second: number) => Date.UTC(2026, 4, 1, 13) + second * 1000
const usage = usageOf([
  { user: 7, group: 3, in: at(0), out: at(3725) },
  { user: 8, group: 3, in: at(5), out: at(6) },
])

it('is a table with one line per user, on the clocks of the event', () => {
  const users = new Map([[7, { email: 'ada@x.io', name: 'Ada, "A"' }]])
  expect(usageCsv(usage, { users, groups: new Map([[3, 'Default']]) }, 'America/New_York')).toBe(
    [
      '\ufeffevent_group_user_id,email,name,event_group_id,event_group,seconds,duration,first_in,last_out,logs',
      '7,ada@x.io,"Ada, ""A""",3,Default,3725,1:02:05,2026-05-01T09:00:00-04:00,2026-05-01T10:02:05-04:00,1',
      '8,,,3,Default,1,0:00:01,2026-05-01T09:00:05-04:00,2026-05-01T09:00:06-04:00,1',
      '',
    ].join('\r\n'),
  )
})

it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
  'keeps a spreadsheet from running %j',
  (name) => {
    const names = { users: new Map([[7, { email: 'a@x.io', name }]]), groups: new Map([[3, name]]) }
    const text = usageCsv(usage, names, 'UTC')
    expect(text).not.toContain(`,${name}`)
    expect(text).not.toContain(`,"${name.slice(0, 1)}`)
    expect(text).toContain(`'${name.slice(0, 1)}`)
  },
)

it('writes durations with hours that do not end at a day', () => {
  expect([0, 59, 3600, 360_000].map(durationOf)).toEqual([
    '0:00:00',
    '0:00:59',
    '1:00:00',
    '100:00:00',
  ])
})
