import { performance } from 'node:perf_hooks'
import { chunks } from '#lib/base/chunks.ts'
import { newId } from '#lib/base/ids.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { sets } from '#lib/store/sets.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'
import type { Measure } from './people.ts'
import { type Cost, costOf } from './store-calls.ts'

/**
 * A full house: ten thousand people join one session 32 at a time, their list is read at both ends, the session is
 * deleted and cleaned up behind. Limits are counts and ratios; times are for reading.
 */
export async function sessionsBench(size = 10_000): Promise<Measure[]> {
  const at = await freshEvent()
  const people = await fillPeople(at, size)
  const session = await makeSession(at)
  const path = `/sessions/resources/${session.session_id}`
  const joined = await inLanes(people, 32, async (person) => {
    return (await at.ask('POST', `${path}/attendees/${person}`)).status
  })
  const list = (offset: number) => () =>
    at.ask('GET', `${path}/attendees?limit=20&offset=${offset}`)
  const total = (await list(0)()).body.record_number
  const deep = size - 20
  for (const offset of [deep, 0, deep]) await list(offset)()
  const costs: [Cost, Cost][] = []
  for (let run = 0; run < 21; run += 1)
    costs.push([await costOf(list(0)), await costOf(list(deep))])
  const [start, end] = [0, 1].map((n) => costs.map((pair) => pair[n as 0 | 1]))
  const [last = ''] = people
  await at.ask('DELETE', `${path}/attendees/${last}`)
  const join = await costOf(() => at.ask('POST', `${path}/attendees/${last}`))
  const deletion = await timed(() => at.ask('DELETE', path))
  const cleaned = await timed(async () => {
    while ((await runJobs(Date.now() + 50_000)).jobs > 0);
  })
  const left = await at.ask('GET', `/people/resources/${people[0]}`)
  const of = `attendees at offset ${deep.toLocaleString('en')} of ${size.toLocaleString('en')}`
  const units = end?.at(-1)?.units ?? Number.NaN
  return [
    { name: 'joins refused or failed', value: joined.wrong, limit: 0, unit: 'joins' },
    { name: 'attendees uncounted', value: size - total, limit: 0, unit: 'people' },
    { name: 'a join, 32 at a time', value: joined.ms / size, limit: 200, unit: 'ms' },
    { name: 'a join: store calls', value: join.calls, limit: 7, unit: 'calls' },
    { name: `${of}: read units`, value: units, limit: 30, unit: 'RCU' },
    {
      name: `${of}: read units against offset 0`,
      value: units / (start?.at(-1)?.units ?? Number.NaN),
      limit: 1.2,
      unit: '×',
    },
    {
      name: `${of}: time against offset 0`,
      value: median(end) / median(start),
      limit: 2,
      unit: '×',
    },
    { name: 'deleting the session', value: deletion, limit: 2_000, unit: 'ms' },
    { name: 'cleaning up, each attendee', value: cleaned / size, limit: 50, unit: 'ms' },
    {
      name: 'agenda entries left',
      value: left.body.agenda.sessions.length,
      limit: 0,
      unit: 'entries',
    },
  ]
}

/** People written a shelf at a time: 49 share one counting step. `more`: what each has besides. */
export async function fillPeople(
  at: EventClient,
  size: number,
  more: (n: number) => object = () => ({}),
): Promise<string[]> {
  const scope = { ...(await scopeOf(at)), deadline: Date.now() + 600_000 }
  const ids = [...Array(size)].map(() => newId('person')).sort()
  for (const some of chunks(ids, 49)) {
    const people = some.map((id) =>
      put({ ...keys.person(scope, id), ...personOf(id), ...more(ids.indexOf(id)) }),
    )
    const counted = some.map((id) => ({ id, by: 1 as const }))
    await transact(scope, [...people, ...countWrites(sets.people(scope), counted)])
  }
  return ids
}

const personOf = (id: string) => ({
  id,
  firstName: 'Ada',
  lastName: 'Byron',
  email: '',
  company: '',
  title: '',
  about: '',
  social: { twitter: '', facebook: '', linkedin: '', website: '' },
  custom: {},
  externalIds: [],
  agenda: {},
  docs: [],
  createdAt: '2027-01-01T00:00:00.000Z',
  updatedAt: '2027-01-01T00:00:00.000Z',
  vr: 1,
})

async function inLanes(people: string[], lanes: number, work: (person: string) => Promise<number>) {
  let wrong = 0
  const ms = await timed(() =>
    Promise.all(
      [...Array(lanes).keys()].map(async (lane) => {
        for (let n = lane; n < people.length; n += lanes) {
          if ((await work(people[n] ?? '')) !== 200) wrong += 1
        }
      }),
    ),
  )
  return { wrong, ms }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

const median = (costs: Cost[] = []) =>
  costs.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN
