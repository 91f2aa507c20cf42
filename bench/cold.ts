import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { behind, bundle, functionNames } from '#infra/bundle.ts'
import { toEvent } from '#infra/local/event.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { linkSharp } from '#test/support/lambda/sharp.ts'
import type { Measure } from './people.ts'
import { median } from './processor.ts'

type Taken = { load: number; first: number }

/**
 * CPU of a new process against one of bare Hono and the SDK's client, in turns: to load each function's bundle, and
 * to have answered the first request by it, of the route that is asked for most. Medians.
 */
export async function coldBench(runs = 5): Promise<Measure[]> {
  const dist = mkdtempSync(join(tmpdir(), 'plenary-cold-'))
  try {
    const names = ['bare', ...functionNames]
    const asked = await requests()
    const taken = new Map<string, Taken[]>(names.map((name) => [name, []]))
    for (const name of names) {
      const { sharp } = await bundle(name, dist, name === 'bare' ? 'bench/bare.ts' : undefined)
      if (sharp) linkSharp(join(dist, name))
    }
    for (let run = -1; run < runs; run += 1) {
      for (const name of names) {
        const one = await start(join(dist, name, 'index.mjs'), asked[name])
        if (run >= 0) taken.get(name)?.push(one)
      }
    }
    const of = (name: string, what: keyof Taken) =>
      median((taken.get(name) ?? []).map((one) => one[what]))
    const against = (name: string, what: keyof Taken) => of(name, what) / of('bare', what)
    return [
      { name: 'loading bare Hono and DynamoDB', value: of('bare', 'load'), limit: 200, unit: 'ms' },
      ...functionNames.map((name) => ({
        name: `loading ${name} / loading bare Hono and DynamoDB`,
        value: against(name, 'load'),
        limit: limits[name] ?? 1.25,
        unit: '×',
      })),
      ...functionNames
        .filter((name) => !behind.includes(name))
        .map((name) => ({
          name: `first answer of ${name} / first answer of bare Hono and DynamoDB`,
          value: against(name, 'first'),
          limit: limits[name] ?? 1.25,
          unit: '×',
        })),
    ]
  } finally {
    rmSync(dist, { recursive: true, force: true })
  }
}

const limits: Record<string, number> = { people: 1.3, sessions: 1.3, reference: 1.05 }

/** What is asked first of each function: the events of API Gateway for it. */
async function requests(): Promise<Record<string, object>> {
  const at = await freshEvent()
  await at.ask('PATCH', '', { event: { published: true } })
  const [me, { person_id: other }] = [await makeAttendee(at), await makePerson(at)]
  const inEvent = (path: string, token = at.token) =>
    request(`/api/v2/events/${at.id}${path}`, token)
  return {
    bare: request('/', ''),
    events: inEvent(''),
    people: inEvent(`/people/resources/${other}`),
    sessions: inEvent('/sessions/resources?limit=20'),
    checkins: inEvent('/checkins/status'),
    pictures: request(`/api/v2/event/${at.id}/resources/pictures`, at.token),
    schedules: inEvent('/event_schedules'),
    networking: inEvent('/networking/sessions'),
    profiles: inEvent(`/people/${other}/profile`, me.token),
    apps: inEvent('/people/me/sessions', me.token),
    changes: inEvent('/changes'),
    webhooks: inEvent('/webhooks'),
    exports: inEvent('/exports'),
    programme: inEvent('/programme'),
    console: request('/api/v2/console', ''),
    reference: request('/api/v2/health', ''),
  }
}

const request = (url: string, token: string): object =>
  toEvent({
    method: 'GET',
    url,
    headers: [
      ['host', 'api.example.test'],
      ...(token ? [['authorization', `Bearer ${token}`] as [string, string]] : []),
    ],
    body: new Uint8Array(),
    sourceIp: '192.0.2.1',
    routeKey: '$default',
  })

const script = `
const [path, event] = process.argv.slice(1)
const at = process.cpuUsage()
const since = () => { const { user, system } = process.cpuUsage(at); return (user + system) / 1000 }
const { handler } = require(path)
const load = since()
const report = (first) => { process.stderr.write(JSON.stringify({ load, first })); process.exit(0) }
if (!event) report(0)
handler(JSON.parse(event), { getRemainingTimeInMillis: () => 9000 }).then(({ statusCode, body }) => {
  const first = since()
  if (statusCode !== 200) { process.stderr.write(statusCode + ' ' + body); process.exit(1) }
  report(first)
})`

async function start(path: string, event?: object): Promise<Taken> {
  const given = event ? [JSON.stringify(event)] : []
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL_DYNAMODB: process.env.DYNAMODB_ENDPOINT,
    LAMBDA_TASK_ROOT: dirname(path),
  }
  const run = promisify(execFile)
  const { stderr } = await run(process.execPath, ['-e', script, path, ...given], { env })
  return JSON.parse(stderr)
}
