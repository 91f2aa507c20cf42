import { chunks } from '#lib/base/chunks.ts'
import { newId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { sets } from '#lib/store/sets.ts'
import { requestMs } from '#lib/table/client.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { call } from '#test/support/call.ts'
import { freshEvent, makeGroup } from '#test/support/factories.ts'
import { type Cost, costOf } from './store-calls.ts'

export type Measure = { name: string; value: number; limit: number; unit: string }

/** Reading a list of 20 anywhere among 100,000 people: read units, trips, time against offset 0. */
export async function peopleBench(size = 100_000): Promise<Measure[]> {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Crew')
  const org = (await call('GET', '/me', { token: at.token })).body.organisation
  const event = await getRow<Event>({ deadline: Date.now() + requestMs }, keys.event(org, at.id))
  if (!event) throw new Error('the event is not there')
  await fill(eventScope({ org, deadline: Date.now() + 600_000 }, event), size, group.group_id)
  const list = (offset: number) => () =>
    at.ask('GET', `/people/resources?limit=20&offset=${offset}`)
  const deep = size - 20
  for (const offset of [0, deep / 2, deep, 0, deep]) await list(offset)()
  const atStart: Cost[] = []
  const atEnd: Cost[] = []
  for (let run = 0; run < 81; run += 1) {
    atStart.push(await costOf(list(0)))
    atEnd.push(await costOf(list(deep)))
  }
  const end = atEnd.at(-1) ?? { units: 0, roundTrips: 0, calls: 0, ms: 0 }
  const of = `list of 20 at offset ${deep.toLocaleString('en')} of ${size.toLocaleString('en')}`
  return [
    // The event itself is read first by every request: one unit and one trip of these.
    { name: `${of}: read units`, value: end.units, limit: 12, unit: 'RCU' },
    { name: `${of}: trips behind the event's`, value: end.roundTrips - 2, limit: 3, unit: 'trips' },
    {
      name: `${of}: time against offset 0`,
      value: median(atEnd) / median(atStart),
      limit: 1.2,
      unit: '×',
    },
    {
      name: `${of}: read units against offset 0`,
      value: end.units / (atStart.at(-1)?.units ?? 0),
      limit: 1,
      unit: '×',
    },
    {
      name: 'list of 20 with groups and agenda: store calls',
      value: end.calls,
      limit: 7,
      unit: 'calls',
    },
  ]
}

const median = (costs: Cost[]) =>
  costs.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN

/** People written a shelf at a time: 49 share one counting step. */
async function fill(scope: EventScope, size: number, group: string): Promise<void> {
  const ids = [...Array(size)].map(() => newId('person')).sort()
  const batches = chunks(ids, 49)
  const lanes = [...Array(8).keys()].map(async (lane) => {
    for (let n = lane; n < batches.length; n += 8) {
      const some = batches[n] ?? []
      await transact(scope, [
        ...some.map((id, k) =>
          put({ ...keys.person(scope, id), ...person(id, `${n}-${k}`, group) }),
        ),
        ...countWrites(
          sets.people(scope),
          some.map((id) => ({ id, by: 1 as const })),
        ),
      ])
    }
  })
  await Promise.all(lanes)
}

const person = (id: string, n: string, group: string) => ({
  id,
  firstName: `First ${n}`,
  lastName: `Last ${n}`,
  email: `p${n}@example.com`,
  company: 'Analytical Engines',
  title: 'Engineer',
  about: '',
  social: { twitter: '', facebook: '', linkedin: '', website: '' },
  custom: {},
  externalIds: [{ system: 'crm', id: n }],
  groupIds: new Set([group]),
  agenda: { ses_aaaaaaaaaaaaaaaaaaaaaaaaaa: { attends: true, roles: [] } },
  docs: [],
  createdAt: '2027-01-01T00:00:00.000Z',
  updatedAt: '2027-01-01T00:00:00.000Z',
  vr: 1,
})
