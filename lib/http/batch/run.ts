import type * as v from 'valibot'
import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import { attempt } from '#lib/http/attempt.ts'
import { type Fields, patchOf, wholeOf } from '#lib/http/body.ts'
import type { Resource } from '#lib/http/resource.ts'
import type { EventCall } from '#lib/http/route.ts'
import { checkOwnId, externalFromBody } from '#lib/http/upsert-ids.ts'
import type { ExternalId, ExternalKind, SentIds } from '#lib/model/external-id.ts'
import type { Documents } from '#lib/store/find-many.ts'
import { isLate } from '#lib/store/late.ts'
import { knownIds } from '#lib/store/read/known-ids.ts'
import { isSame } from '#lib/store/same.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { printedId } from '#lib/wire/presentation.ts'
import { type Read, withoutForeignIds } from './foreign.ts'
import {
  type BatchKey,
  fieldOf,
  keyIn,
  knownBy,
  type Names,
  type Naming,
  namesIn,
} from './known-by.ts'
import { once, type RowKeys } from './once.ts'
import { areEarlierOver, earlierRows } from './repeated.ts'
import type { RowResult, RowResults, SentRow } from './row.ts'

type Body = { external_ids?: SentIds | null }
type Named = { id: string; externalIds: ExternalId[] }
/** A new object as a row wants it, and the external id that its id field gives it. */
export type NewRow<B> = { body: B; upsert: ExternalId[] }

/** What a batch needs to know of a kind of thing beside what its single routes do. */
export type BatchKind<T, D, B extends Body> = Naming & {
  kind: keyof Documents & ExternalKind
  schema: v.GenericSchema<unknown, B>
  nullMeans?: Record<string, unknown>
  resource: Resource<T, D, B>
  document: (one: T | D) => Named
  /** A merged body, with what it must say even where nothing is said of it. */
  merged?: (body: B) => B
  /** Makes many in few transactions; undefined for each that needs one of its own. */
  createMany?: (batch: Batch, rows: NewRow<B>[]) => Promise<(RowResult | undefined)[]>
}

/**
 * `scope` has no recorded answer: that is of the batch as a whole. In a trial nothing is written. `known`: what became of
 * rows already, where a batch goes on; `job`: the batch that goes on.
 */
export type Batch = {
  call: EventCall
  scope: EventScope
  mode: Mode
  key?: BatchKey
  known: RowResults
  job?: RowKeys
}
export type Mode = 'upsert' | 'create' | 'update'

/** What is to be done about a row: make something new, or change what has this id. */
type Step<B> = { fields: Fields; names: Names; id?: string; make?: NewRow<B> }

/** As many rows are written at a time. */
const atOnce = 8

/**
 * Carries out a batch: finds what each row is about, then writes row by row as the single routes do, several at a time.
 * A row that fails harms no other; of rows about the same object the first that succeeds counts. Results in order, those
 * missing for which there was no time.
 */
export async function runBatch<T, D, B extends Body>(
  batch: Batch,
  kind: BatchKind<T, D, B>,
  sent: SentRow[],
): Promise<RowResults> {
  const steps = await stepsOf(batch, kind, sent)
  const earlier = earlierRows(kind, steps)
  const made = await createMany(batch, kind, steps, earlier)
  const results: Promise<RowResult | undefined>[] = []
  const carry = async (step: Step<B> | ApiError, n: number): Promise<RowResult | undefined> => {
    const known = batch.known[n]
    if (known) return known
    if (step instanceof ApiError) return step
    const result = made.get(step)
    if (result) return result
    if (!(await areEarlierOver(earlier[n] ?? [], results))) return undefined
    return isLate(batch.scope) ? undefined : carryOut(batch, kind, step, n)
  }
  await inParallel(steps, atOnce, async (step, n) => {
    results[n] = attempt(() => carry(step, n))
    await results[n]
  })
  return Promise.all(results)
}

async function stepsOf<T, D, B extends Body>(
  batch: Batch,
  kind: BatchKind<T, D, B>,
  sent: SentRow[],
): Promise<(Step<B> | ApiError)[]> {
  const rows = await Promise.all(
    sent.map((fields) =>
      attempt(async () => {
        if (fields instanceof ApiError) throw fields
        const names = namesIn(kind, fields)
        return { fields, names, by: knownBy(kind, names, batch.key) }
      }),
    ),
  ).then((read) => withoutForeignIds(batch, kind, read))
  const wanted = rows.map((row) => (row instanceof ApiError ? undefined : row.by))
  const ids = await knownIds(batch.scope, kind.kind, wanted)
  return Promise.all(
    rows.map((row, n) =>
      row instanceof ApiError ? row : attempt(async () => stepOf(batch, kind, row, ids[n])),
    ),
  )
}

function stepOf<T, D, B extends Body>(
  { call, scope, mode }: Batch,
  kind: BatchKind<T, D, B>,
  { fields, names, by }: Read,
  id: string | undefined,
): Step<B> {
  const { resource, idField } = kind
  const field = by ? fieldOf(kind, keyIn(by)) : ''
  if (by && id !== undefined && !scope.deleting.has(id)) {
    if (mode === 'create') throw new ApiError(taken[keyIn(by)], { field })
    return { fields, names, id }
  }
  if (mode === 'update') throw new ApiError(resource.missing, { field })
  const body = wholeOf(kind, fields)
  return {
    fields,
    names,
    make: { body, upsert: externalFromBody(resource.idIn(body), idField, call) },
  }
}

/** What a batch that only creates says of what is there already. */
const taken: Record<BatchKey, ErrorName> = {
  id: 'duplicate_external_id',
  external: 'duplicate_external_id',
  email: 'duplicate_email',
}

/** Results of those that could be made in few transactions: rows that no earlier one may forbid. */
async function createMany<T, D, B extends Body>(
  batch: Batch,
  kind: BatchKind<T, D, B>,
  steps: (Step<B> | ApiError)[],
  earlier: unknown[][],
): Promise<Map<Step<B>, RowResult>> {
  // Behind the answer each row is noted in a transaction of its own.
  if (batch.job) return new Map()
  const alone = steps.flatMap((step, n) =>
    step instanceof ApiError || !step.make || earlier[n]?.length ? [] : [{ step, make: step.make }],
  )
  const results =
    (await kind.createMany?.(
      batch,
      alone.map(({ make }) => make),
    )) ?? []
  return new Map(
    alone.flatMap(({ step }, n) => {
      const result = results[n]
      return result ? [[step, result]] : []
    }),
  )
}

async function carryOut<T, D, B extends Body>(
  batch: Batch,
  kind: BatchKind<T, D, B>,
  { fields, names, id, make }: Step<B>,
  n: number,
): Promise<RowResult> {
  if (id !== undefined) return update(batch, kind, { fields, id, n })
  const { call, scope, mode } = batch
  const { body, upsert } = make as NewRow<B>
  try {
    return await once(
      batch,
      n,
      (own) => kind.resource.create(call, own, body, upsert),
      (made) => created(batch, kind.document(made)),
    )
  } catch (error) {
    // Somebody has made it meanwhile: of two who import the same at once, one finds what the other has made.
    if (mode !== 'upsert' || !isDuplicate(error)) throw error
    const [found] = await knownIds(scope, kind.kind, [knownBy(kind, names, batch.key)])
    if (found === undefined) throw error
    return update(batch, kind, { fields, id: found, n })
  }
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof ApiError && /^duplicate_/.test(error.reason)

/** Lays the row onto the object as it is then. Ids of other systems than it names stay. */
async function update<T, D, B extends Body>(
  batch: Batch,
  kind: BatchKind<T, D, B>,
  { fields, id, n }: { fields: Fields; id: string; n: number },
): Promise<RowResult> {
  const { call } = batch
  const { resource, document, merged = (body: B) => body } = kind
  let before: Named | undefined
  const laidOn = (current: D): B => {
    const own = document(current)
    before = own
    const sent = { ...fields, ...besideOthers(fields.external_ids, own.externalIds) }
    const body = merged(patchOf(kind, sent).onto(resource.patchTarget(call, current)))
    checkOwnId(resource.idIn(body), [id, printedId(call.view, own)], kind.idField)
    return body
  }
  const change = { id, body: laidOn, precondition: () => undefined }
  return once(
    batch,
    n,
    (own) => resource.update(call, own, change),
    (made) => {
      const after = document(made)
      const status = before && isSame(before, after) ? 'unchanged' : 'updated'
      return { status, id: printedId(call.view, after) }
    },
  )
}

/** The ids that were sent beside those of other systems, in the order in which the object has them. */
function besideOthers(sent: unknown, current: ExternalId[]): object {
  if (!Array.isArray(sent)) return {}
  const systemOf = (one: unknown) => (one as { id_system?: unknown } | null)?.id_system
  const named = new Set(sent.map(systemOf))
  const others = current.filter(({ system }) => !named.has(system))
  const kept = others.map(({ system, id }) => ({ id_system: system, id }))
  const place = (one: unknown) => {
    const at = current.findIndex(({ system }) => system === systemOf(one))
    return at < 0 ? current.length : at
  }
  return { external_ids: [...sent, ...kept].sort((a, b) => place(a) - place(b)) }
}

/** In a trial what would be made has no id yet. */
export const created = ({ call, scope }: Batch, made: Named): RowResult => ({
  status: 'created',
  ...(!scope.trial && { id: printedId(call.view, made) }),
})
