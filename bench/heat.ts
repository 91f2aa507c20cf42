import { setTimeout as sleep } from 'node:timers/promises'
import { contend } from '#test/support/contention.ts'
import { doorStatus } from '#test/support/door.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { invite, liveSchedule } from '#test/support/schedules.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'
import type { Measure } from './people.ts'
import { costOf } from './store-calls.ts'
import { inVirtualTime } from './virtual-time.ts'

type Reply = { status: number }
type Burst = {
  name: string
  limit?: number
  run: () => Promise<Reply[]>
  after?: () => Promise<number>
}

/**
 * Crowds that meet on the same things at the same moment, under conflicts as DynamoDB has them: a transaction holds its
 * items 15 ms, any other call takes 5. In a time of its own, so that the numbers are not those of a busy machine. Counts
 * of what failed, and of conflicts, which we repeat ourselves.
 */
export async function heatBench(): Promise<Measure[]> {
  const at = await freshEvent()
  const people = await crowd(at, 1_000)
  const measures: Measure[] = []
  for (const burst of await bursts(at, people.slice(0, 200), people)) {
    const contention = contend(15, 5)
    const { replies, ms } = await inVirtualTime(contention.isBusy, async () => {
      const start = Date.now()
      return { replies: await burst.run(), ms: Date.now() - start }
    })
    contention.end()
    const failed = replies.filter(({ status }) => status >= 500).length
    measures.push(
      { name: `${burst.name}: failed`, value: failed, limit: 0, unit: `of ${replies.length}` },
      {
        name: `${burst.name}: conflicts`,
        value: (100 * contention.conflicts()) / replies.length,
        limit: burst.limit ?? Number.POSITIVE_INFINITY,
        unit: 'per 100',
      },
      { name: `${burst.name}: the last answer`, value: ms, limit: 8_000, unit: 'ms' },
    )
    if (burst.after) {
      const wrong = await burst.after()
      measures.push({ name: `${burst.name}: wrong in the end`, value: wrong, limit: 0, unit: '' })
    }
  }
  const [first = ''] = people
  await at.ask('POST', '/checkins', { checkin: { person: first, type: 'exit' } })
  const scan = await costOf(() => at.ask('POST', '/checkins', { checkin: { person: first } }))
  const air = await liveSchedule()
  const times = (hour: number) => ({
    event_group_user_id: air.user,
    time_in: `2026-05-04T0${hour}:00:00.000Z`,
    time_out: `2026-05-04T0${hour}:30:00.000Z`,
    ip_address: '192.0.2.7',
  })
  const log = (hour: number) => air.at(`${air.schedule.guid}/logs`, 'POST', times(hour))
  await log(1)
  const trips = { name: 'a usage log: trips', value: (await costOf(() => log(2))).roundTrips }
  return [
    ...measures,
    { ...trips, limit: 4, unit: '' },
    { name: 'a scan: write units', value: scan.written, limit: 8, unit: 'WCU' },
  ]
}

async function bursts(at: EventClient, people: string[], everybody: string[]): Promise<Burst[]> {
  const capped = (await makeSession(at, { capacity: people.length })).session_id
  const open = (await makeSession(at)).session_id
  const join = (session: string) => (person: string) =>
    at.ask('POST', `${attendeesOf(session)}/${person}`)
  const air = await liveSchedule()
  const users: number[] = []
  for (const n of people.keys()) users.push(await invite(air, `guest${n}@example.com`))
  const log = (user: number, n: number) => {
    const time = (minutes: number) => new Date(Date.UTC(2026, 4, 4, 9, minutes)).toISOString()
    const body = { event_group_user_id: user, time_in: time(n % 50), time_out: time(55) }
    return air.at(`${air.schedule.guid}/logs`, 'POST', body)
  }
  return [
    { name: 'joins of a session with a capacity', run: () => all(people, join(capped)) },
    { name: 'joins of a session without', limit: 15, run: () => paced(everybody, join(open), 500) },
    { name: 'usage logs of a schedule', run: () => all(users, log) },
    {
      name: 'invitations to an access group',
      run: () =>
        all(people.slice(0, 100), (person) =>
          air.ask('POST', `/groups/${air.key}`, { email: `${person}@example.com` }),
        ),
    },
    {
      name: 'new sessions',
      // 20 for 60 of them.
      limit: 34,
      run: () => all(people.slice(0, 60), () => at.ask('POST', '/sessions/resources', sessionBody)),
    },
    {
      name: 'scans at one door',
      run: () => all(people, (person) => at.ask('POST', '/checkins', { checkin: { person } })),
      after: async () => Math.abs((await doorStatus(at)).event.inside - people.length),
    },
  ]
}

const sessionBody = {
  session: {
    session_name: 'Talk',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
  },
}

const all = <T>(some: T[], work: (one: T, n: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(some.map(work))

/** So many a second. */
const paced = <T>(some: T[], work: (one: T) => Promise<Reply>, perSecond: number) =>
  Promise.all(
    some.map(async (one, n) => {
      await sleep((n * 1_000) / perSecond)
      return work(one)
    }),
  )
