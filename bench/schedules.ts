import { call, organisation } from '#test/support/call.ts'
import { generator } from '#test/support/pairing-people.ts'
import { type Cost, costOf } from './store-calls.ts'

type Sent = { user: number; from: number; to: number }
export type Measure = { name: string; value: number; limit: number; unit: string }

const day = Date.parse('2025-06-02T07:00:00.000Z')

/**
 * A busy day: logs of many users posted through the API, then the usage added up and compared with a count
 * of our own, second by second, and the list read at its beginning and at its end.
 */
export async function schedulesBench(logs = 100_000, people = 2_000): Promise<Measure[]> {
  const { token } = await organisation()
  const ask = async (method: string, path: string, body?: unknown) => {
    const reply = await call(method, path, { token, ...(body !== undefined && { body }) })
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.text.slice(0, 300)}`)
    return reply
  }
  const { body: event } = await ask('POST', '/events', { name: 'Busy day' })
  const { body: schedule } = await ask('POST', `/events/${event.id}/event_schedules`, {
    starts_at: new Date(day).toISOString(),
  })
  const users = await invite(ask, event.id, people)
  const sent = someLogs(users, logs)
  const posted = await timed(() => post(ask, schedule.guid, sent))
  const at = `/event_schedules/${schedule.id}`
  const usage = await timed(() => ask('GET', `${at}/usage`))
  compare(usage.result.body, sent)
  const pages = await deepest(ask, at, logs)
  const size = usage.result.text.length / 1e6
  return [
    { name: 'posting a log, in bulk', value: (posted.ms * 1000) / logs, limit: 10_000, unit: 'µs' },
    { name: `usage of ${logs} logs`, value: usage.ms / 1000, limit: 12, unit: 's' },
    { name: `usage of ${logs} logs, body`, value: size, limit: 6, unit: 'MB' },
    { name: 'dearest page of logs', value: pages.units, limit: 200, unit: 'read units' },
    { name: 'dearest page of logs', value: pages.roundTrips, limit: 8, unit: 'round trips' },
  ]
}

/** What a page of 20 costs at most, wherever it begins. */
async function deepest(ask: Ask, at: string, logs: number): Promise<Cost> {
  const costs: Cost[] = []
  for (const part of [0, 0.01, 0.25, 0.5, 0.75, 1]) {
    const offset = Math.floor(part * (logs - 20))
    const work = async () => {
      const page = await ask('GET', `${at}/logs?limit=20&offset=${offset}`)
      if (page.headers['x-total-count'] !== String(logs)) throw new Error('the total is wrong')
      if (page.body.length !== 20) throw new Error('the page is not whole')
    }
    costs.push(await costOf(work))
  }
  return costs.reduce((most, cost) => (cost.units > most.units ? cost : most))
}

type Ask = (method: string, path: string, body?: unknown) => ReturnType<typeof call>

async function invite(ask: Ask, event: string, people: number): Promise<number[]> {
  const { body: group } = await ask('POST', `/events/${event}/groups`, { name: 'Default' })
  const users: number[] = []
  for (let n = 0; n < people; n += 1) {
    const path = `/events/${event}/groups/${group.access_key}`
    const { body } = await ask('POST', path, { email: `person${n}@example.com` })
    users.push(body.eventGroupUser.id)
  }
  return users
}

/** Presences of 1 to 90 minutes over ten hours of one day; no two of a user are the same. */
function someLogs(users: number[], count: number): Sent[] {
  const draw = generator(7)
  const taken = new Set<string>()
  const sent: Sent[] = []
  while (sent.length < count) {
    const user = users[sent.length % users.length] ?? 0
    const from = day + Math.floor(draw() * 36_000) * 1000
    const to = from + (60 + Math.floor(draw() * 5_340)) * 1000
    const name = `${user}/${from}/${to}`
    if (!taken.has(name)) sent.push({ user, from, to })
    taken.add(name)
  }
  return sent
}

async function post(ask: Ask, guid: string, sent: Sent[]): Promise<void> {
  for (let at = 0; at < sent.length; at += 1000) {
    const logs = sent.slice(at, at + 1000).map(({ user, from, to }) => ({
      event_group_user_id: user,
      time_in: new Date(from).toISOString(),
      time_out: new Date(to).toISOString(),
    }))
    const { body } = await ask('POST', `/event_schedules/${guid}/logs/bulk`, { logs })
    const bad = body.find(({ status }: { status: number }) => status !== 200)
    if (bad) throw new Error(JSON.stringify(bad))
  }
}

/** Every second of the day is marked or not: no interval is merged here. */
function compare(usage: { users: Row[]; total: { seconds: number } }, sent: Sent[]): void {
  const marks = new Map<number, Uint8Array>()
  for (const { user, from, to } of sent) {
    const seconds = marks.get(user) ?? new Uint8Array(86_400)
    seconds.fill(1, (from - day) / 1000, (to - day) / 1000)
    marks.set(user, seconds)
  }
  let total = 0
  for (const [user, seconds] of marks) {
    const expected = seconds.reduce((sum, one) => sum + one, 0)
    const row = usage.users.find((one) => one.event_group_user_id === user)
    if (row?.seconds !== expected) throw new Error(`user ${user}: ${row?.seconds}, not ${expected}`)
    total += expected
  }
  if (usage.total.seconds !== total) throw new Error(`total ${usage.total.seconds}, not ${total}`)
}

type Row = { event_group_user_id: number; seconds: number }

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now()
  const result = await work()
  return { ms: performance.now() - started, result }
}
