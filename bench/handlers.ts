import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { invocation, toEvent } from '#infra/local/event.ts'
import { loadHandlers } from '#infra/local/functions.ts'
import { routeOf } from '#infra/local/routes.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { type EventClient, freshEvent, makeGroup } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { median } from './processor.ts'
import { bareSdk, callsOf, type Trips, unconditional } from './replay.ts'

type Request = { method: string; url: string; token: string; body?: unknown }
/** One request by a function's handler, with the event that the gateway would make. */
export type Ask = (request: Request) => Promise<void>

/** Requests past the gateway, so that what they take is what the function takes; throws unless they are met. */
export async function askHandlers(): Promise<Ask> {
  // One token asks for all of them here.
  for (const name of ['TOKEN_REQUESTS', 'ATTENDEE_REQUESTS']) process.env[name] = '1000000'
  const handlers = await loadHandlers()
  return async ({ method, url, token, body }) => {
    const route = routeOf(url.split('?', 1)[0] ?? '')
    const handler = handlers.get(route?.group.name ?? '')
    if (!handler) throw new Error(`no function answers ${url}`)
    const answer = await handler(
      eventOf({ method, url, token, body }),
      invocation('bench', 'bench'),
    )
    const { statusCode, body: text } = answer as { statusCode: number; body: string }
    if (statusCode !== 200) throw new Error(`${method} ${url}: ${statusCode} ${text}`)
  }
}

const eventOf = ({ method, url, token, body }: Request): APIGatewayProxyEventV2 =>
  toEvent({
    method,
    url,
    headers: [
      ['host', 'api.example.test'],
      ['authorization', `Bearer ${token}`],
      ['content-type', 'application/json'],
    ],
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    sourceIp: '192.0.2.1',
    routeKey: '$default',
  })

type Work = { ask: () => Promise<void>; limit: number; times: number }

type Used = { all: number; user: number }

/**
 * CPU of a handler against the SDK as it comes that makes the very same calls in the same trips; in turns, medians. Of
 * all, what the kernel takes for sending is a part, which other work on the machine makes larger on both sides.
 */
export async function handlersBench(runs = 21): Promise<Measure[]> {
  const sdk = await bareSdk()
  const measures: Measure[] = []
  for (const [name, { ask, limit, times }] of Object.entries(await works())) {
    await often(times, ask)
    const trips = await callsOf(ask)
    const [handler, bare]: [Used[], Used[]] = [[], []]
    // Both are compiled by then: that is no part of what a request takes.
    for (let run = -20; run < runs; run += 1) {
      const again: Trips[] = [...Array(times)].map(() => unconditional(trips))
      const replay = async () => {
        const next = again.pop()
        if (next) await sdk(next)
      }
      const [one, other] = [await often(times, ask), await often(times, replay)]
      if (run >= 0) handler.push(one)
      if (run >= 0) bare.push(other)
    }
    const calls = trips.flat().length
    const of = `${name} (${calls} ${calls === 1 ? 'call' : 'calls'})`
    const ratio = (what: keyof Used) =>
      median(handler.map((one) => one[what])) / median(bare.map((one) => one[what]))
    const taken = median(handler.map(({ all }) => all))
    measures.push(
      { name: `${of}: the handler`, value: taken, limit: 500, unit: 'ms of CPU' },
      { name: `${of}: the handler / the SDK`, value: ratio('all'), limit, unit: '×' },
      { name: `${of}: the same of user time`, value: ratio('user'), limit, unit: '×' },
    )
  }
  return measures
}

/** What this process uses for some work, on the average of `times` times, in milliseconds. */
async function often(times: number, work: () => Promise<void>): Promise<Used> {
  const before = process.cpuUsage()
  for (let n = 0; n < times; n += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return { all: (user + system) / 1_000 / times, user: user / 1_000 / times }
}

async function works(): Promise<Record<string, Work>> {
  const ask = await askHandlers()
  const at = await freshEvent()
  const { me, people } = await crowd(at)
  const path = `/api/v2/events/${at.id}`
  const one = `${path}/people/resources/${people[0]}`
  let count = 0
  const get =
    (url: string, token = at.token) =>
    () =>
      ask({ method: 'GET', url, token })
  const send = (method: string, url: string, body: () => unknown) => () =>
    ask({ method, url, token: at.token, body: body() })
  const profile = () => {
    count += 1
    return {
      first_name: 'Guest',
      last_name: `No. ${count}`,
      email_address: `g${count}@example.com`,
    }
  }
  return {
    'GET person': { ask: get(one), limit: 0.45, times: 25 },
    'list 20': { ask: get(`${path}/people/resources?limit=20`), limit: 0.6, times: 10 },
    create: {
      ask: send('POST', `${path}/people/resources`, () => ({ person: { profile: profile() } })),
      limit: 0.75,
      times: 15,
    },
    PATCH: {
      ask: send('PATCH', one, () => ({ profile: { company: `Works ${count++}` } })),
      limit: 0.55,
      times: 15,
    },
    profile: { ask: get(`${path}/people/${people[1]}/profile`, me), limit: 0.55, times: 25 },
    'calendar of 500 sessions': { ask: await calendar(ask), limit: 2.5, times: 1 },
  }
}

/** People as an event has them: with a company, a text, a group. */
async function crowd(at: EventClient): Promise<{ me: string; people: string[] }> {
  const { token: me } = await makeAttendee(at, { profile: { first_name: 'Ada' } })
  const { group_id } = await makeGroup(at, 'Crew')
  const rows = [...Array(100).keys()].map((n) => ({
    profile: {
      first_name: 'Grace',
      last_name: `Hopper ${n}`,
      company: 'Analytical Engines',
      about: 'Notes on the analytical engine. '.repeat(8),
    },
    assign_groups: [group_id],
  }))
  const { body } = await at.ask('POST', '/people/resources/batch', { rows })
  if (body.failed > 0) throw new Error(JSON.stringify(body.rows[0]))
  return { me, people: body.rows.map(({ id }: { id: string }) => id) }
}

async function calendar(ask: Ask): Promise<() => Promise<void>> {
  const at = await freshEvent()
  const text = 'Was wir lernten, als 400 Leute durch eine Tür wollten. '.repeat(14)
  for (let from = 0; from < 500; from += 250) {
    const rows = [...Array(250).keys()].map((n) => ({
      session_name: `Talk ${from + n} über alles`,
      session_description: `<p>${text}</p><ul><li>one</li><li>two</li></ul>`,
      session_date: `2027-05-0${4 + (n % 2)}`,
      session_start_time: '09-00',
      session_end_time: '10-00',
      location: `Room ${n % 20}`,
    }))
    await at.ask('POST', '/sessions/resources/batch', { rows })
  }
  const url = `/api/v2/events/${at.id}/sessions/calendar.ics`
  return () => ask({ method: 'GET', url, token: at.token })
}
