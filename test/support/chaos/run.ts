import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { numbers } from '#test/support/numbers.ts'
import { type Ask, persistent, persistentCarrier, type Tally } from './client.ts'
import type { Judged } from './judge-rows.ts'
import { type Lane, moves } from './moves.ts'
import { disagreements } from './oracle.ts'
import { hookedTo, mirrorOf } from './outlets.ts'
import { calmServer, fates, mortalServer } from './parts.ts'
import { mostScripts, readyToPlay, seenOtherwise } from './playing.ts'
import { isDone } from './scripts.ts'
import { nothingKnown, shared } from './state.ts'

export type Options = { seed: number; seconds: number; clients?: number; share?: number }
export type Report = {
  moves: number
  /** Requests of scripts, and which routes did what they were asked. */
  steps: number
  routes: string[]
  answers: Tally['answers']
  faults: Partial<Record<string, number>>
  storeCalls: number
  kills: number
  people: number
  changes: number
  deliveries: number
  findings: string[]
}

const textOf = (n: number) => `plk_${String(n).padStart(26, 'c')}_${'t'.repeat(32)}`
const betweenKillsMs = 4_000

/**
 * Lets many clients write all kinds of things to a server whose way to its engine is faulty, and kills the server, the
 * followers of its stream and the engine meanwhile: some clients in one event, and some scripts of every route that writes
 * in events of their own, which a calm server plays as well. At the end everything runs again, and what the API and the rows
 * show is what clients were answered and what the calm server shows, and the feed and a webhook have told of all of it.
 */
export async function chaos(options: Options): Promise<Report> {
  const { seed, seconds, clients = 12, share = 0.03 } = options

  const folder = mkdtempSync(join(tmpdir(), 'plenary-chaos-'))
  const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const tokens = [...Array(1 + mostScripts(seconds)).keys()].map(textOf)
    const [calm, mortal] = await Promise.all([
      calmServer(join(folder, 'calm'), tokens),
      mortalServer(folder, { tokens, seed, share }),
    ])
    endings.push(calm.stop, mortal.stop)
    const { origin, engine, way } = mortal
    let isEnded = false
    const end = async () => {
      if (!isEnded) await mortal.end()
      isEnded = true
    }
    endings.push(end)
    const tally: Tally = { answers: {}, faults: [] }
    const ask = persistent(`${origin}/api/v2`, textOf(0), tally)
    const at = await shared(ask)
    const urlOf = (event: string) => `${origin}/api/v2/events/${event}`
    const mirror = await mirrorOf(urlOf(at.event), textOf(0))
    const hook = await hookedTo(at.event, ask)
    endings.push(hook.stop)
    const carriers = {
      chaotic: persistentCarrier(origin, tally),
      calm: persistentCarrier(calm.origin, tally),
    }
    const playScripts = await readyToPlay({ seed, tokens: tokens.slice(1), carriers })
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
    let isWorking = true
    const working = Promise.all([playScripts(until), ...work]).finally(() => {
      isWorking = false
    })
    let kills = 0
    for (; isWorking; kills += 1) {
      await Promise.race([sleep(betweenKillsMs), working])
      if (!isWorking) break
      way.faults(false)
      await mortal.kill(fates[(kills + seed) % fates.length] ?? [])
      way.faults(true)
    }
    const [pairs] = await working
    way.faults(false)
    const known = lanes.map((one) => one.known)
    const findings = [...tally.faults, ...pairs.flatMap(({ faults }) => faults)]
    findings.push(...(await settled(() => disagreements({ ask, shared: at }, known))))
    findings.push(...(await settled(() => seenOtherwise(pairs, carriers))))
    await numbered(ask, at.event)
    findings.push(...(await mirror.faults()))
    const changes = await mirror.changes()
    findings.push(...(await settled(async () => hook.faults(changes))))
    await end()
    findings.push(
      ...(await judgedRows(engine.endpoint, {
        folder: mortal.pictures,
        events: [
          { id: at.event, token: textOf(0) },
          ...pairs.map(({ chaotic: { here } }) => ({
            id: here.ids.event ?? '',
            token: here.tokens.organiser,
          })),
        ],
      })),
    )
    const told = pairs.flatMap(({ chaotic }) => chaotic.told)
    return {
      moves: count,
      steps: told.length,
      routes: [...new Set(told.filter(isDone).map(({ route }) => route))],
      answers: tally.answers,
      faults: way.injected(),
      storeCalls: way.calls(),
      kills,
      people: known.reduce((sum, { people }) => sum + people.size, 0),
      changes: changes.length,
      deliveries: hook.received(),
      findings,
    }
  } finally {
    for (const one of endings.reverse()) await one()
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

/** What is left to do is done within a minute and a half, by the jobs of the server. */
async function settled(look: () => Promise<string[]>): Promise<string[]> {
  let found: string[] = []
  for (const late = Date.now() + 90_000; Date.now() < late; await sleep(3_000)) {
    found = await look()
    if (found.length === 0) return []
  }
  return found
}

/** Waits until the feed has told of everything, as no change comes any more. */
async function numbered(ask: Ask, event: string): Promise<void> {
  const latest = async () => (await ask('GET', `/events/${event}/changes?after=now`)).body.latest
  for (let [before, tries] = [-1, 0]; tries < 30; tries += 1) {
    const now = await latest()
    if (now === before) return
    before = now
    await sleep(2_000)
  }
}

function judgedRows(endpoint: string, workerData: Judged): Promise<string[]> {
  const env = { ...process.env, DYNAMODB_ENDPOINT: endpoint, TABLE_NAME: 'plenary' }
  const judge = new Worker(new URL('./judge-rows.ts', import.meta.url), { env, workerData })
  return new Promise((resolve, reject) => {
    judge.once('message', resolve)
    judge.once('error', reject)
  })
}
