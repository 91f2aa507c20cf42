import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { loadHandlers } from '#infra/local/functions.ts'
import { startGateway } from '#infra/local/gateway.ts'
import { engines } from '#test/support/engines.ts'
import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { median } from './processor.ts'

type Kind = 'get' | 'list of 20' | 'create'
type Server = {
  asked: Record<Kind, { method: string; url: string; bodies: unknown[] }>
  token: string
  /** Processor time of the server so far, in milliseconds. */
  used: () => number
}

/** CPU of a request of Strapi 5.54 with SQLite, measured by this bench (`STRAPI`) on 2026-11-27. */
const strapi: Record<Kind, number> = { get: 1.4, 'list of 20': 2, create: 2.8 }
const limits: Record<Kind, number> = { get: 0.35, 'list of 20': 0.6, create: 0.18 }
const times = 100

/**
 * CPU of gateway and handlers for a request over HTTP against Strapi's: in turns with one that runs beside
 * (`STRAPI='url token pid person'`, with a collection `people`), else against what one took.
 */
export async function gatewayBench(runs = 11): Promise<Measure[]> {
  const client = fork(new URL('asking.ts', import.meta.url))
  const servers = [await own(), ...(process.env.STRAPI ? [other(process.env.STRAPI)] : [])]
  const kinds = Object.keys(limits) as Kind[]
  const taken = servers.map(() => new Map<Kind, number[]>(kinds.map((kind) => [kind, []])))
  for (let run = -2; run < runs; run += 1) {
    for (const kind of kinds) {
      for (const [n, { asked, token, used }] of servers.entries()) {
        const before = used()
        await ask(client, { ...asked[kind], token })
        if (run >= 0) taken[n]?.get(kind)?.push((used() - before) / times)
      }
    }
  }
  client.kill()
  return kinds.flatMap((kind) => {
    const [ours = 0, theirs = strapi[kind]] = taken.map((all) => median(all.get(kind) ?? []))
    return [
      { name: `${kind}: gateway and handler`, value: ours, limit: 50, unit: 'ms of CPU' },
      { name: `${kind}: Strapi`, value: theirs, limit: 500, unit: 'ms of CPU' },
      {
        name: `${kind}: gateway and handler / Strapi`,
        value: ours / theirs,
        limit: limits[kind],
        unit: '×',
      },
    ]
  })
}

function ask(client: ChildProcess, request: object): Promise<void> {
  client.send({ ...request, count: times })
  return new Promise((resolve, reject) =>
    client.once('message', ({ error }: { error?: string }) =>
      error === undefined ? resolve() : reject(new Error(error)),
    ),
  )
}

const profile = (n: number) => ({
  first_name: 'Grace',
  last_name: `Hopper ${n}`,
  company: 'Analytical Engines',
  title: 'Engineer',
  about: 'Notes on the analytical engine. '.repeat(8),
})
const profiles = [...Array(times).keys()].map(profile)

async function own(): Promise<Server> {
  process.env.TOKEN_REQUESTS = '1000000'
  const { objects } = (await engines()).s3
  const { port } = await startGateway({ port: 0, handlers: await loadHandlers(), objects })
  const at = await freshEvent()
  const rows = profiles.map((one) => ({ profile: one }))
  const { body } = await at.ask('POST', '/people/resources/batch', { rows })
  const url = `http://127.0.0.1:${port}/api/v2/events/${at.id}/people/resources`
  const used = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  return { asked: requests(url, body.rows[0].id, 'limit=20', rows), token: at.token, used }
}

/** A Strapi with at least twenty people. */
function other(given: string): Server {
  const [url = '', token = '', pid = '', id = ''] = given.split(' ')
  const bodies = profiles.map((data) => ({ data }))
  const used = () => {
    const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .slice(11, 13)
      .map(Number)
    // In hundredths of a second.
    return (user + system) * 10
  }
  return { asked: requests(`${url}/api/people`, id, 'pagination[limit]=20', bodies), token, used }
}

const requests = (url: string, id: string, query: string, bodies: unknown[]): Server['asked'] => ({
  get: { method: 'GET', url: `${url}/${id}`, bodies: [undefined] },
  'list of 20': { method: 'GET', url: `${url}?${query}`, bodies: [undefined] },
  create: { method: 'POST', url, bodies },
})
