import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { numbers } from '#test/support/numbers.ts'
import { freePort, restartable } from '#test/support/server.ts'
import { type Ask, persistent, type Tally } from './client.ts'
import { restartableEngine } from './engine.ts'
import { type Lane, moves } from './moves.ts'
import { disagreements } from './oracle.ts'
import { faultyWay } from './proxy.ts'
import { nothingKnown, type Shared, shared } from './state.ts'

export type Options = { seed: number; seconds: number; clients?: number; share?: number }
export type Report = {
  moves: number
  answers: Tally['answers']
  faults: Partial<Record<string, number>>
  storeCalls: number
  kills: number
  people: number
  findings: string[]
}

const token = `plk_${'c'.repeat(26)}_${'t'.repeat(32)}`
const betweenKillsMs = 4_000

/**
 * Lets many clients write all kinds of things to a server whose way to its engine is faulty, and kills the server and the
 * engine meanwhile. At the end everything runs again, and what the API and the rows show is what clients were answered.
 */
export async function chaos({
  seed,
  seconds,
  clients = 16,
  share = 0.03,
}: Options): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-chaos-'))
  const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    // A server that is killed waits for no engine but its own.
    mkdirSync(join(folder, 'engine'))
    const engine = await restartableEngine(join(folder, 'engine'))
    endings.push(engine.kill)
    const way = await faultyWay(engine.port, { seed, share })
    endings.push(way.stop)
    const port = await freePort()
    const server = restartable(join(folder, 'server'), token, port, {
      DYNAMODB_ENDPOINT: way.endpoint,
      WEBHOOKS_TO_LOOPBACK: '1',
      ATTENDEE_REQUESTS: '100000',
      TOKEN_REQUESTS: '100000',
    })
    await server.start()
    endings.push(() => server.kill('server'))
    const tally: Tally = { answers: {}, faults: [] }
    const ask = persistent(`http://127.0.0.1:${port}/api/v2`, token, tally)
    const at = await shared(ask)
    const until = Date.now() + seconds * 1_000
    const lanes = [...Array(clients).keys()].map((n) => ({
      known: nothingKnown(),
      random: numbers(seed * 1_000 + n),
      n,
    }))
    way.faults(true)
    let count = 0
    const work = lanes.map(async ({ n, ...one }) => {
      for (let turn = 0; Date.now() < until; turn += 1) {
        const lane: Lane = { ...one, ask, tally, shared: at, name: `s${seed}c${n}n${turn}` }
        await drawn(lane)(lane)
        count += 1
      }
    })
    const working = Promise.all(work)
    let kills = 0
    for (; Date.now() + betweenKillsMs < until; kills += 1) {
      await Promise.race([sleep(betweenKillsMs), working])
      way.faults(false)
      await killed((kills + seed) % 3, { server, engine })
      way.faults(true)
    }
    await working
    way.faults(false)
    const known = lanes.map((one) => one.known)
    const findings = [...tally.faults, ...(await settled({ ask, shared: at }, known))]
    await numbered(ask, at)
    await server.kill('server')
    endings.pop()
    findings.push(...(await judgedRows(engine.endpoint, at)))
    return {
      moves: count,
      answers: tally.answers,
      faults: way.injected(),
      storeCalls: way.calls(),
      kills,
      people: known.reduce((sum, { people }) => sum + people.size, 0),
      findings,
    }
  } finally {
    for (const end of endings.reverse()) await end()
  }
}

function drawn({ random }: Lane) {
  let left = random() * moves.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, move] of moves) {
    left -= weight
    if (left <= 0) return move
  }
  return async () => undefined
}

type Mortal = {
  server: ReturnType<typeof restartable>
  engine: Awaited<ReturnType<typeof restartableEngine>>
}

/** The server, the engine, or both at once. */
async function killed(which: number, { server, engine }: Mortal): Promise<void> {
  if (which !== 0) await engine.kill()
  if (which !== 1) await server.kill('server')
  if (which !== 0) await engine.start()
  if (which !== 1) await server.start()
}

/** What is left to do is done within a minute and a half, by the jobs of the server. */
async function settled(
  asking: Parameters<typeof disagreements>[0],
  known: Parameters<typeof disagreements>[1],
): Promise<string[]> {
  let found: string[] = []
  for (const late = Date.now() + 90_000; Date.now() < late; await sleep(3_000)) {
    found = await disagreements(asking, known)
    if (found.length === 0) return []
  }
  return found
}

/** Waits until the feed has told of everything, as no change comes any more. */
async function numbered(ask: Ask, { event }: Shared): Promise<void> {
  const latest = async () => (await ask('GET', `/events/${event}/changes?after=now`)).body.latest
  for (let [before, tries] = [-1, 0]; tries < 30; tries += 1) {
    const now = await latest()
    if (now === before) return
    before = now
    await sleep(2_000)
  }
}

function judgedRows(endpoint: string, { event }: Shared): Promise<string[]> {
  const env = { ...process.env, DYNAMODB_ENDPOINT: endpoint, TABLE_NAME: 'plenary' }
  const workerData = { event, token }
  const judge = new Worker(new URL('./judge-rows.ts', import.meta.url), { env, workerData })
  return new Promise((resolve, reject) => {
    judge.once('message', resolve)
    judge.once('error', reject)
  })
}
