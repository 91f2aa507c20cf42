import { ApiError, statusOf } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { EventCall } from '#lib/http/route.ts'
import { advanced, type Batch, mostStalled } from '#lib/model/batch.ts'
import type { Event } from '#lib/model/event.ts'
import { mayDo, mayEnter } from '#lib/model/roles.ts'
import type { Token } from '#lib/model/token.ts'
import { findBatch, noteBatch, resultsOf, rowsOf } from '#lib/store/batches/batches.ts'
import type { JobRunner } from '#lib/store/jobs/in-event.ts'
import { reserveMs } from '#lib/store/late.ts'
import { madeBy } from '#lib/store/queue.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { findTokenById } from '#lib/store/read/tokens.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sureOf } from './later.ts'
import type { BatchRoute } from './route.ts'
import { asText, ofText, type RowResults, type SentRow } from './row.ts'

/** However short its turn is: whoever has read a batch carries on with some of its rows. */
const leastMs = 4_000
/** After a turn that brought nothing to its end. */
const pauseMs = 5_000
const tokenGone =
  'The token that sent it is gone or may no longer: rows that were left are not carried out.'

type Going = { batch: Batch; event: Event; scope: EventScope; rows: SentRow[]; known: RowResults }

/** Carries on with a batch whose request had no time for all of its rows. `routes`: those that take batches. */
export const batchJob =
  (routes: () => Promise<BatchRoute[]>): JobRunner =>
  async (job, until) => {
    const deadline = Math.max(until, Date.now() + leastMs) + reserveMs
    const at = await eventAt(job, deadline)
    if (!at) return true
    const scope = { ...at.scope, ...madeBy(job) }
    const batch = await findBatch(scope, String(job.work.batch))
    if (batch?.status !== 'running') return true
    const [rows, known] = await Promise.all([rowsOf(scope, batch), resultsOf(scope, batch)])
    if (rows === undefined || known === undefined)
      throw new Error(`batch ${batch.id} has lost its rows`)
    const going = {
      ...at,
      batch,
      scope: { ...scope, ...(batch.system !== undefined && { system: batch.system }) },
      rows: ofText<Exclude<SentRow, ApiError>>(rows) as SentRow[],
      known: ofText(known),
    }
    const { results, failure } = givenUp(batch, await carryOn(going, await routes()))
    const done = results.filter((one) => one !== undefined).length
    const next = advanced(batch, done, nowMillis(), failure)
    await noteBatch(scope, batch, next, asText(results))
    if (next.status !== 'running') return true
    return next.stalled ? { place: undefined, delayMs: pauseMs } : false
  }

/** What the store is too busy for again and again is told so: no batch goes on for ever. */
function givenUp(batch: Batch, came: Came): Came {
  if ((batch.stalled ?? 0) < mostStalled || came.results.every((one) => one !== undefined))
    return came
  const results = came.results.map((one) => one ?? new ApiError('store_busy'))
  return { results, failure: 'The store was too busy for what is left: send it again.' }
}

type Came = { results: RowResults; failure?: string }

/** All that is left, as far as the time goes. What refuses the batch as a whole by now refuses each of these. */
async function carryOn(going: Going, routes: BatchRoute[]): Promise<Came> {
  const { batch, scope, rows, known } = going
  const route = routes.find(({ id }) => id === batch.route)
  if (!route) throw new Error(`nobody knows batches of ${batch.route}`)
  const refused = (error: ApiError) =>
    Array.from(rows, (_, n): RowResults[number] => known[n] ?? error)
  const token = await findTokenById(scope, batch.token)
  if (!token || !mayDo(token, route.right) || !mayEnter(token, scope.event))
    return { results: refused(new ApiError('not_authorised')), failure: tokenGone }
  try {
    const job = { batch: batch.id, rowKey: batch.rowKey }
    const results = await route.carryOn(callOf(going, token), rows, { known, job })
    return { results: sureOf(results) }
  } catch (error) {
    if (!(error instanceof ApiError) || statusOf(error.reason) >= 500) throw error
    return { results: refused(error), failure: error.message }
  }
}

/** The call of whoever sent the batch, as far as rows ask for it. */
function callOf({ batch, event, scope }: Going, token: Token): EventCall {
  const { path, params, query, times, system, createdAt } = batch
  return {
    scope,
    event,
    view: {
      zone: event.dates.zone,
      format: times,
      at: createdAt,
      ...(system !== undefined && { system }),
    },
    token,
    params,
    query,
    body: undefined,
    request: {
      method: 'POST',
      url: `http://localhost${path}`,
      headers: new Map(),
      body: new Uint8Array(),
    },
    path,
    sourceIp: '',
  }
}
