import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { piecesOf } from '#lib/http/exporting/text.ts'
import { runExport } from '#lib/http/exporting/turns.ts'
import { type ExportKind, exportKinds } from '#lib/model/export.ts'
import { createExport, requireExport } from '#lib/store/exports/exports.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { call } from '#test/support/call.ts'
import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './all.ts'
import { costOf } from './store-calls.ts'

/** What an export holds in memory, and reads, whatever its size: of two events one has ten times as many people. */
export async function exportsBench(few = 2_000, many = 20_000): Promise<Measure[]> {
  const [small, large] = [await eventWith(few), await eventWith(many)]
  const measures: Measure[] = []
  for (const format of ['csv', 'ndjson'] as const) {
    await heapOf(small, format)
    const [less, more] = [await heapOf(small, format), await heapOf(large, format)]
    const value = (more - less) / 1_048_576
    // The file of the large one has 20 to 30 MB.
    const name = `megabytes more in memory for ten times the people, ${format}`
    measures.push({ name, value, limit: 12, unit: 'MB' })
  }
  for (const [kind, limit] of [
    ['people', 0.5],
    ['meetings', 1.5],
  ] as const) {
    const { units } = await costOf(() => written(large, kind))
    const value = units / many
    measures.push({
      name: `units a person of an export of ${kind}`,
      value,
      limit,
      unit: 'units',
    })
  }
  return measures
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

type Place = { org: string; event: string }

async function eventWith(people: number): Promise<Place> {
  const at = await freshEvent()
  const about = 'Knows about engines, cards and numbers. '.repeat(16)
  for (let from = 0; from < people; from += 500) {
    const rows = [...Array(Math.min(500, people - from)).keys()].map((n) => ({
      external_ids: [{ id_system: 'crm', id: String(from + n) }],
      profile: { first_name: 'Guest', last_name: `No ${from + n}`, about },
    }))
    const { body } = await at.ask('POST', '/people/resources/batch', { rows })
    if (body.created !== rows.length) throw new Error(JSON.stringify(body.rows[0]))
  }
  const { body } = await call('GET', '/me', { token: at.token })
  return { org: body.organisation, event: at.id }
}

/** The most that the heap holds while all pieces of an export go by. */
async function heapOf(place: Place, format: 'csv' | 'ndjson'): Promise<number> {
  const deadline = Date.now() + 600_000
  const at = await eventAt(place, deadline)
  if (!at) throw new Error('the event is gone')
  const view = { zone: 'UTC', format: 'iso', at: new Date().toISOString() } as const
  const source = { fresh: async () => at.scope, view, event: at.event }
  let most = 0
  for await (const _ of piecesOf({ what: 'people', format }, source)) {
    collect()
    await sleep(0)
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    most = Math.max(most, heapUsed + arrayBuffers)
  }
  return most
}

async function written(place: Place, what: ExportKind): Promise<void> {
  const deadline = Date.now() + 600_000
  const at = await eventAt(place, deadline)
  if (!at) throw new Error('the event is gone')
  const { id } = await createExport(at.scope, { what, format: 'ndjson', times: 'iso' })
  await runExport({ ...place, id }, deadline)
  const done = await requireExport(at.scope, id)
  if (done.status !== 'done') throw new Error(`${what} is ${done.status}, one of ${exportKinds}`)
}
