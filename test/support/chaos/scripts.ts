import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '#lib/http/route.ts'
import { call } from '#test/support/call.ts'
import type { Case, cases } from '#test/support/kills/cases.ts'
import { answerOf, nameOf, requestOf } from '#test/support/kills/request.ts'
import { drawn } from '#test/support/kills/run.ts'
import {
  differences,
  readsOf,
  type Snapshot,
  snapshotOf,
  wrongTotals,
} from '#test/support/kills/snapshot.ts'
import { type Place, Refused } from '#test/support/kills/world.ts'

/** What comes of deliveries, and when, is their receiver's to say. */
const isOutside = /webhook|deliver/i

type Step = [Route, Case]
/** What one client asks one after the other in an event of its own. */
export type Script = Step[]
type Told = { name: string; route: string; status: number; body: unknown }
export type Played = { here: Place; told: Told[] }

type Delivery = { delivery_id: string; sequence: number | null }

/** A delivery that the feed has made by itself: where it runs, none is put into the table. */
const delivered: Case = {
  prepare: async ({ ids, ask }) => {
    for (let tries = 0; tries < 300 && !ids.delivered; tries += 1) {
      const all: Delivery[] = await ask('GET', `/webhooks/${ids.webhook_id}/deliveries`)
      const one = all.find(({ sequence }) => sequence)
      if (one) ids.delivered = one.delivery_id
      else await sleep(100)
    }
  },
  at: ({ delivered: delivery = '' }) => ({ delivery }),
}
const own: Partial<typeof cases> = { redeliver: [delivered] }

/** What changes and what takes away what other cases are about comes behind them, and the event last of all. */
const later = [
  /^(change|replace|renew)/,
  /^(delete|remove|leave|end|withdraw|block)/,
  /^delete(Person|Session)$/,
  /^deleteEvent$/,
]
const rankOf = ([{ id }]: Step): number => later.findLastIndex((one) => one.test(id))
const inTurn = (steps: Script): Script => steps.toSorted((a, b) => rankOf(a) - rankOf(b))

/** Every case of every route that writes, in an order that the seed draws. */
function steps(seed: number): Script {
  return drawn({ seed }).flatMap(([route, one]): Script => {
    const others = own[route.id]?.map((other): Step => [route, other])
    return others ?? [[route, one]]
  })
}

/** All of them, dealt out to some events. */
export const scripts = (seed: number, count: number): Script[] =>
  [...Array(count).keys()].map((n) => inTurn(steps(seed).filter((_, at) => at % count === n)))

/** Those of routes of which every case was refused, as what came before stood in its way. */
export function refusedSteps(seed: number, played: Played[]): Script {
  const done = new Set(played.flatMap(({ told }) => told.filter(isDone).map(({ route }) => route)))
  return inTurn(steps(seed).filter(([{ id }]) => !done.has(id)))
}
export const isDone = ({ status }: Told): boolean => status < 300

/** Plays a script in an event that is made for it, and gives what was answered. */
export async function play(script: Script, here: Place): Promise<Played> {
  const told: Told[] = []
  for (const [route, one] of script) {
    await one.prepare?.(here).catch(unlessRefused)
    const { method, path, options } = requestOf(route, one, here)
    const { status, text } = await call(method, path, options)
    const body = isOutside.test(route.id) ? undefined : answerOf(route, text, here)
    told.push({ name: nameOf(route, one), route: route.id, status, body })
  }
  return { here, told }
}

/** Where something stands in the way of a case, it is asked all the same. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Refused)) throw error
}

/** Where one playing of a script was answered otherwise than another. */
export const toldOtherwise = (one: Played, other: Played): string[] =>
  one.told.flatMap(({ name, ...told }, n) =>
    differences({ ...other.told[n], name: '' }, { ...told, name: '' })
      .slice(0, 3)
      .map((where) => `${name} in a script: ${where}`),
  )

/** Everything there is in the event of a script. */
export async function seen({ here }: Played): Promise<{ snapshot: Snapshot; faults: string[] }> {
  const reads = readsOf(here).filter(([name]) => !isOutside.test(name))
  const answers = await Promise.all(
    reads.map(([, { method, path, options }]) => call(method, path, options)),
  )
  const snapshot = Object.entries(snapshotOf(here, reads, answers)).map(([name, one]) => [
    name,
    /Export/.test(name) ? withoutSize(one) : one,
  ])
  return { snapshot: Object.fromEntries(snapshot), faults: wrongTotals(reads, answers) }
}

/** An export of changes holds as many as were told when it was made. */
const withoutSize = (one: unknown): unknown =>
  JSON.parse(
    JSON.stringify(one)
      .replaceAll(/"(record_number|size)":\d+,?/g, '')
      .replaceAll(',}', '}'),
  )
