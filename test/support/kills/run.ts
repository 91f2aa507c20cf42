import { Worker } from 'node:worker_threads'
import { createTable } from '#infra/local/dynamodb.ts'
import type { Route } from '#lib/http/route.ts'
import { call } from '#test/support/call.ts'
import { engines } from '#test/support/engines.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { numbers } from '#test/support/numbers.ts'
import { type Case, cases } from './cases.ts'
import { brokenInvariants } from './invariants.ts'
import { type Kill, mortally } from './mortal.ts'
import { answerOf, isBatch, nameOf, requestOf } from './request.ts'
import { differences, readsOf, type Snapshot, snapshotOf, wrongTotals } from './snapshot.ts'
import type { Answer, Done, Order, Request } from './survivor.ts'
import { type Place, place, writeRoutes } from './world.ts'

export type Options = {
  /** Routes, by a part of their id; all of them when absent. */
  only?: string | undefined
  seed: number
  /** No further case is begun after so long. */
  seconds?: number | undefined
  onCase?: (name: string, report: Report) => void
}
export type Finding = { name: string; kill: string; fault: string }
export type Report = {
  cases: number
  routes: number
  writes: number
  kills: number
  findings: Finding[]
}

/** Cases of routes that write, in an order that the seed draws. Throws when a route has none. */
export function drawn({ only = '', seed }: Options): [Route, Case][] {
  const missing = writeRoutes.filter(({ id }) => !cases[id]?.length).map(({ id }) => id)
  if (missing.length > 0) throw new Error(`No case in test/support/kills/cases.ts: ${missing}`)
  const all = writeRoutes
    .filter(({ id }) => id.includes(only))
    .flatMap((route) => (cases[route.id] ?? []).map((one): [Route, Case] => [route, one]))
  const random = numbers(seed)
  return all
    .map((one) => ({ one, turn: random() }))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ one }) => one)
}

/**
 * Kills the process of every request that writes right before and right after each of its write calls; another process goes
 * on: it runs what is left to do and repeats the request. The end is that of a request that nobody disturbed, before as well
 * as after the repetition, or before it that of none.
 */
export async function kills(options: Options): Promise<Report> {
  const report: Report = { cases: 0, routes: 0, writes: 0, kills: 0, findings: [] }
  const routes = new Set<string>()
  const until = Date.now() + (options.seconds ?? Number.POSITIVE_INFINITY) * 1_000
  const [witness, other] = [survivor(), survivor()]
  try {
    for (const [route, one] of drawn(options)) {
      if (Date.now() > until) break
      await inTableOfItsOwn(`kills-${report.cases}`, () =>
        killed(route, one, { witness, other, report }),
      )
      routes.add(route.id)
      report.cases += 1
      report.routes = routes.size
      options.onCase?.(nameOf(route, one), report)
    }
  } finally {
    await Promise.all([witness.end(), other.end()])
  }
  return report
}

type Run = Survivors & { report: Report }
/** Who looks on, and who goes on: each believes for a while in the tokens that it has seen. */
type Survivors = { witness: Survivor; other: Survivor }

async function killed(route: Route, one: Case, { report, ...survivors }: Run): Promise<void> {
  const name = nameOf(route, one)
  const found = (kill: string, fault: string) => report.findings.push({ name, kill, fault })
  const whole = await undisturbed(route, one, survivors).catch((error: Error) => error)
  if (whole instanceof Error) return void found('without any kill', whole.message)
  report.writes += whole.writes
  const all = [...Array(whole.writes).keys()].flatMap((n): Kill[] => [
    { at: n + 1, when: 'before' },
    { at: n + 1, when: 'after' },
  ])
  for (const kill of all) {
    const faults = await afterKill(route, one, { whole, kill, ...survivors }).catch(
      (error: Error) => [error.message],
    )
    report.kills += 1
    for (const fault of faults) found(`${kill.when} write ${kill.at} of ${whole.writes}`, fault)
  }
  for (const at of some(whole.jobWrites)) {
    const faults = await afterJobKill(route, one, {
      whole,
      kill: { at, when: 'after' },
      ...survivors,
    })
    report.kills += 1
    for (const fault of faults) found(`after write ${at} of ${whole.jobWrites} of its jobs`, fault)
  }
}

/** A few of the write calls that jobs make, the first and the last among them. */
const some = (writes: number): number[] => [
  ...new Set([...Array(Math.min(writes, 6)).keys()].map((n) => 1 + Math.floor((n * writes) / 6))),
]

type Whole = {
  writes: number
  jobWrites: number
  before: Snapshot
  after: Snapshot
  status: number
  body: unknown
}

async function undisturbed(route: Route, one: Case, { witness, other }: Survivors): Promise<Whole> {
  const here = await prepared(one, witness)
  const before = await read(here, witness)
  const asked = requestOf(route, one, here)
  const { value, writes } = await mortally(undefined, () => send(asked))
  if (value.status >= 300) throw new Error(`${nameOf(route, one)}: ${value.status} ${value.text}`)
  const { writes: jobWrites } = await mortally(undefined, runAllJobs)
  await other.order({ jobs: true })
  const after = await read(here, other)
  return {
    writes,
    jobWrites,
    before,
    after,
    status: value.status,
    body: answerOf(route, value.text, here),
  }
}

type Killing = Survivors & { whole: Whole; kill: Kill }

async function afterKill(route: Route, one: Case, { whole, kill, witness, other }: Killing) {
  const here = await prepared(one, witness)
  const asked = requestOf(route, one, here)
  await mortally(kill, () => send(asked))
  await witness.order({ jobs: true })
  const found = await read(here, witness)
  const faults: string[] = []
  const left = differences(whole.after, found)
  const done = differences(whole.before, found)
  // Each row of a batch is whole by itself.
  if (left.length > 0 && done.length > 0 && !isBatch(route))
    faults.push(
      `left something in between: ${left.slice(0, 3).join('; ')}; ${done.slice(0, 3).join('; ')}`,
    )
  const [again] = (await other.order({ requests: [asked] })).answers
  if (again?.status !== whole.status) {
    faults.push(`was answered ${again?.status} the second time: ${again?.text.slice(0, 300)}`)
  } else {
    const told = differences(whole.body, answerOf(route, again.text, here))
    if (told.length > 0) faults.push(`was told another thing: ${told.slice(0, 4).join('; ')}`)
  }
  await other.order({ jobs: true })
  const end = await read(here, other, faults)
  const wrong = differences(whole.after, end)
  if (wrong.length > 0) faults.push(`ended otherwise: ${wrong.slice(0, 4).join('; ')}`)
  return [...faults, ...(await brokenInvariants(eventOf(here)))]
}

/** Nobody is told of a job: whoever comes next ends it. */
async function afterJobKill(route: Route, one: Case, { whole, kill, witness, other }: Killing) {
  const here = await prepared(one, witness)
  await send(requestOf(route, one, here))
  await mortally(kill, () => runAllJobs().catch(() => undefined))
  await other.order({ jobs: true })
  const faults: string[] = []
  const wrong = differences(whole.after, await read(here, other, faults))
  if (wrong.length > 0) faults.push(`ended otherwise: ${wrong.slice(0, 4).join('; ')}`)
  return [...faults, ...(await brokenInvariants(eventOf(here)))]
}

const eventOf = ({ ids, tokens }: Place) => ({ id: ids.event ?? '', token: tokens.organiser })

/** A place in which nothing is left to do. */
async function prepared(one: Case, witness: Survivor): Promise<Place> {
  const here = await place()
  await one.prepare?.(here)
  await witness.order({ jobs: true })
  return here
}

const send = ({ method, path, options }: Request) => call(method, path, options)

async function read(here: Place, by: Survivor, faults: string[] = []): Promise<Snapshot> {
  const reads = readsOf(here)
  const { answers } = await by.order({ requests: reads.map(([, request]) => request) })
  faults.push(...brokenAnswers(reads, answers), ...wrongTotals(reads, answers))
  return snapshotOf(here, reads, answers)
}

const brokenAnswers = (reads: [string, Request][], answers: Answer[]): string[] =>
  reads.flatMap(([name], n) => {
    const { status = 0, text = '' } = answers[n] ?? {}
    return status >= 500 ? [`${name} answered ${status} ${text.slice(0, 200)}`] : []
  })

/** Few rows to look through, and no work of others in the queue. */
async function inTableOfItsOwn(name: string, work: () => Promise<void>): Promise<void> {
  const { dynamodbEndpoint } = await engines()
  const before = process.env.TABLE_NAME
  await createTable(dynamodbEndpoint, name)
  process.env.TABLE_NAME = name
  try {
    await work()
  } finally {
    process.env.TABLE_NAME = before
  }
}

type Survivor = ReturnType<typeof survivor>

/** The process that lives, as a thread whose modules are its own. */
function survivor() {
  const worker = new Worker(new URL('./survivor.ts', import.meta.url), { execArgv: [] })
  const waiting = new Map<number, (done: Done) => void>()
  let count = 0
  let broken: Error | undefined
  worker.on('message', (done: Done) => waiting.get(done.n)?.(done))
  worker.on('error', (error: Error) => {
    broken = error
    for (const [n, settle] of waiting) settle({ n, answers: [], failure: String(error.stack) })
  })
  const order = async (what: Pick<Order, 'jobs' | 'requests'>): Promise<Done> => {
    if (broken) throw broken
    const n = count++
    const done = await new Promise<Done>((settle) => {
      waiting.set(n, settle)
      worker.postMessage({ n, table: process.env.TABLE_NAME ?? '', ...what } satisfies Order)
    })
    waiting.delete(n)
    if (done.failure) throw new Error(done.failure)
    return done
  }
  return { order, end: () => worker.terminate() }
}
