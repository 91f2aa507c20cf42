import { expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import type { Key } from '#lib/table/keys.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, patiently } from '#test/support/factories.ts'
import { filled } from '#test/support/rows.ts'
import { good, liveSchedule } from '#test/support/schedules.ts'

type Race = { most: number; row: (scope: EventScope, n: number) => Key; path: string; body: object }

const races: [name: string, race: Race][] = [
  [
    'custom fields of people',
    {
      most: limits.customFields.value,
      row: (scope) => keys.field(scope, 'people', newId('field')),
      path: '/people/custom_fields',
      body: { custom_field: { field_name: 'F' } },
    },
  ],
  [
    'custom fields of sessions',
    {
      most: limits.customFields.value,
      row: (scope) => keys.field(scope, 'sessions', newId('field')),
      path: '/sessions/custom_fields',
      body: { custom_field: { field_name: 'F' } },
    },
  ],
  [
    'ticket types',
    {
      most: limits.ticketTypes.value,
      row: (scope) => keys.ticketType(scope, newId('ticketType')),
      path: '/ticket_types',
      body: { name: 'K', session_access: 'all' },
    },
  ],
  [
    'schedules',
    {
      most: limits.schedules.value,
      row: (scope, n) => keys.schedule(scope, 900_000 + n),
      path: '/event_schedules',
      body: { starts_at: '2027-05-04T09:00:00.000+02:00' },
    },
  ],
  [
    'access groups',
    {
      most: limits.scheduleGroups.value,
      row: (scope, n) => keys.scheduleGroup(scope, 900_000 + n),
      path: '/groups',
      body: { name: 'A' },
    },
  ],
]

test.each(races)(
  'never has more %s than allowed, however many are made at once',
  async (_, race) => {
    const at = await freshEvent()
    const scope = await scopeOf(at)
    await filled([...Array(race.most - 3).keys()].map((n) => race.row(scope, n)))
    const made = await Promise.all(
      [...Array(8)].map(() => patiently(() => at.ask('POST', race.path, race.body))),
    )
    expect(made.filter(({ status }) => status === 200)).toHaveLength(3)
    for (const one of made.filter(({ status }) => status !== 200)) {
      expectError(one, 'too_many_objects')
    }
  },
)

test('never keeps more logs of a user and day than allowed, however many come at once', async () => {
  const air = await liveSchedule()
  const scope = await scopeOf(air)
  const row = keys.scheduleStay(scope, air.schedule.id, air.user, '2020-05-04')
  await filled([{ ...row, ct: limits.logsPerUserDay.value - 3 }])
  const log = (n: number) => ({
    event_group_user_id: air.user,
    time_in: '2020-05-04T09:00:00Z',
    time_out: `2020-05-04T10:00:0${n}Z`,
  })
  const path = `${air.schedule.guid}/logs`
  const made = await Promise.all(
    [...Array(8).keys()].map((n) => patiently(() => air.at(path, 'POST', log(n)))),
  )
  expect(made.map(({ status }) => status).toSorted()).toEqual([
    200,
    200,
    200,
    ...Array(5).fill(429),
  ])
  expect(await good(air.at(path))).toHaveLength(3)
})
