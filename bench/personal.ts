import { chunks } from '#lib/base/chunks.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, type Write } from '#lib/table/writes.ts'
import { type Attendee, makeAttendee, scopeOf } from '#test/support/attendee.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'
import type { Measure } from './people.ts'
import { type Cost, costOf } from './store-calls.ts'

const when = {
  createdAt: '2027-01-01T00:00:00.000Z',
  updatedAt: '2027-01-01T00:00:00.000Z',
  vr: 1,
}

/** What is asked of the lists of one person who has much, with what a page of them may cost. */
export async function personalBench(): Promise<Measure[]> {
  const at = await freshEvent()
  const me = await makeAttendee(at)
  const scope = await scopeOf(at)
  const ask = (path: string) => () => me.ask('GET', path)
  const connections = ask('/people/me/connections?limit=1')
  const meetings = ask('/people/me/meetings?limit=20')
  await write(strangers(scope, me, 0, 120))
  const [some, few] = [await median(connections), await median(meetings)]
  await write(strangers(scope, me, 120, 1_199))
  const [all, many] = [await median(connections), await median(meetings)]
  const { small, large } = await networking(at)
  const { first, later } = await asking(at)
  return [
    most('a connection of 1,199: read units', all.units, 120, 'RCU'),
    most('a connection of 1,199 against one of 120: time', all.ms / some.ms, 6, '×'),
    most('20 meetings of 1,199: read units', many.units, 180, 'RCU'),
    most('20 meetings of 1,199 against 20 of 120: time', many.ms / few.ms, 6, '×'),
    most('a networking session of 400: read units', large.units, 30, 'RCU'),
    most('a networking session of 400 against one of 40: time', large.ms / small.ms, 3, '×'),
    most('asking for a meeting: store calls', later.calls, 10, 'calls'),
    most('asking, with 900 asked before against none: units', later.units / first.units, 1.1, '×'),
  ]
}

const most = (name: string, value: number, limit: number, unit: string): Measure => ({
  name,
  value,
  limit,
  unit,
})

async function median(ask: () => Promise<unknown>, runs = 21): Promise<Cost> {
  await ask()
  const costs: Cost[] = []
  for (let run = 0; run < runs; run += 1) costs.push(await costOf(ask))
  return costs.sort((a, b) => a.ms - b.ms)[Math.floor(runs / 2)] as Cost
}

async function write(writes: Write[][]): Promise<void> {
  for (const some of chunks(writes, 30)) await transact(scopeless, some.flat())
}
const scopeless = { org: '', deadline: Number.POSITIVE_INFINITY }

/** People with whom somebody is connected and once had a meeting. */
function strangers(scope: EventScope, me: Attendee, from: number, to: number): Write[][] {
  return [...Array(to - from).keys()].map((n) => {
    const id = `per_${(from + n).toString(2).padStart(26, '0').replaceAll('0', 'a').replaceAll('1', 'b')}`
    const meeting = id.replace('per_', 'mtg_')
    const person = { ...when, id, firstName: 'P', lastName: '', company: '', title: '' }
    const day = `2027-05-04T${String(8 + (n % 10)).padStart(2, '0')}`
    const times = { start: `${day}:00:00.000Z`, end: `${day}:30:00.000Z` }
    const what = { sender: id, receiver: me.id, note: 'At the bar', status: 'DECLINED' }
    return [
      put({
        ...keys.person(scope, id),
        ...person,
        about: '-'.repeat(1_500),
        agenda: {},
        custom: {},
      }),
      put({ ...keys.connection(scope, me.id, id), ...when, other: id, by: id, status: 'ACCEPT' }),
      put({
        ...keys.meeting(scope, me.id, meeting),
        ...when,
        ...what,
        ...times,
        id: meeting,
        rejectedBy: me.id,
      }),
    ]
  })
}

async function networking(at: EventClient) {
  const list = () => at.ask('GET', '/networking/sessions?limit=1')
  const fill = async (count: number) => {
    for (const some of chunks([...Array(count).keys()], 10)) {
      await Promise.all(some.map(() => makeSession(at, { session_format: 'MEET_UP' })))
    }
  }
  await fill(40)
  const small = await median(list)
  await fill(360)
  return { small, large: await median(list) }
}

async function asking(at: EventClient) {
  const [me, scope] = [await makeAttendee(at), await scopeOf(at)]
  const others = await Promise.all([...Array(14)].map(() => makePerson(at)))
  const day = '2027-05-04T'
  const slot = { meetingStartTime: `${day}11:00:00+02:00`, meetingEndTime: `${day}11:30:00+02:00` }
  let turn = 0
  const ask = () => {
    const to = others[turn++ % others.length]?.person_id
    return me.ask('POST', `/people/${to}/meetings`, slot)
  }
  const first = await median(ask, 11)
  const old = { sender: me.id, receiver: me.id, status: 'CANCEL', note: '', ...when }
  const rows = [...Array(900).keys()].map((n) => [
    put({ ...keys.meeting(scope, me.id, `old-${n}`), ...old, id: `old-${n}` }),
  ])
  await write(rows)
  return { first, later: await median(ask, 11) }
}
