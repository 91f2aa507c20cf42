import { expect, test } from 'vitest'
import { sessionDays } from '#lib/store/read/session-days.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { freshEvent } from '#test/support/factories.ts'

test('counts a day by its buckets, and by its one row as long as it has none', async () => {
  const scope = await scopeOf(await freshEvent())
  const row = (sk: string, ct: number) => put({ pk: keys.sessionDays(scope), sk, ct })
  await transact(scope, [
    row('2027-05-06', 3),
    row('2027-05-04', 9),
    row('2027-05-04#00', 2),
    row('2027-05-04#0f', 5),
    row('2027-05-05#07', 0),
  ])
  expect(await sessionDays(scope)).toEqual([
    { day: '2027-05-04', count: 7 },
    { day: '2027-05-06', count: 3 },
  ])
})
