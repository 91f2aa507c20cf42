import type * as v from 'valibot'
import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import { attempt } from '#lib/http/attempt.ts'
import { type Fields, parse } from '#lib/http/body.ts'
import { isLate } from '#lib/store/late.ts'
import { knownIds } from '#lib/store/read/known-ids.ts'
import { type Added, addLinks, type Place } from '#lib/store/write/add-links.ts'
import { printedId } from '#lib/wire/presentation.ts'
import { fieldOf, keyIn, knownBy, type Names, type Naming, namesIn } from './known-by.ts'
import { once } from './once.ts'
import { earlierRows, repeatedRow } from './repeated.ts'
import type { RowResult, RowResults, SentRow } from './row.ts'
import type { Batch } from './run.ts'

/** Where people are put by a batch: in a group, or among the attendees of a session. */
export type PlaceKind = Naming & {
  row: v.GenericSchema<unknown, Fields>
  linkOf: (person: string) => Place
  /** What is said of who is there already, and of who is not. */
  already: ErrorName
  absent: ErrorName
}

type Found = { names: Names; id: string }

/**
 * Puts the people whom rows name into a place. A row that fails harms no other. Results in the order of the rows, those
 * missing for which there was no time.
 */
export async function runPlaces(
  batch: Batch,
  kind: PlaceKind,
  sent: SentRow[],
): Promise<RowResults> {
  const rows = refuseRepeated(kind, await findPeople(batch, kind, sent))
  // Whoever only changes what is there adds nobody.
  const scope = batch.mode === 'update' ? { ...batch.scope, trial: true } : batch.scope
  if (batch.job) return oneByOne({ ...batch, scope }, kind, rows)
  const found = rows.filter((row): row is Found => !(row instanceof ApiError))
  const added = await addLinks(
    scope,
    found.map(({ id }) => kind.linkOf(id)),
  )
  const results = new Map(found.map((row, n) => [row, added[n]]))
  return rows.map((row) => {
    if (row instanceof ApiError) return row
    const result = results.get(row)
    return result && resultOf(batch, kind, result)
  })
}

/** Behind the answer each row is noted in a transaction of its own. */
async function oneByOne(
  batch: Batch,
  kind: PlaceKind,
  rows: (Found | ApiError)[],
): Promise<RowResults> {
  const results: RowResults = [...batch.known]
  for (const [n, row] of rows.entries()) {
    if (results[n]) continue
    if (row instanceof ApiError) results[n] = row
    else if (isLate(batch.scope)) break
    else results[n] = await attempt(() => addOne(batch, kind, n, row))
  }
  return results
}

const addOne = (batch: Batch, kind: PlaceKind, n: number, { id }: Found): Promise<RowResult> =>
  once(
    batch,
    n,
    (scope) => addLinks(scope, [kind.linkOf(id)]),
    ([added]) => resultOf(batch, kind, added ?? new ApiError('store_busy')),
  )

function resultOf({ call, mode }: Batch, kind: PlaceKind, result: Added): RowResult {
  if (result instanceof ApiError) return result
  const { person, added } = result
  if (mode === 'create' && !added) return new ApiError(kind.already)
  if (mode === 'update' && added) return new ApiError(kind.absent)
  return { status: added ? 'created' : 'unchanged', id: printedId(call.view, person) }
}

async function findPeople(
  { scope, key }: Batch,
  kind: PlaceKind,
  sent: SentRow[],
): Promise<(Found | ApiError)[]> {
  const rows = await Promise.all(
    sent.map((fields) =>
      attempt(async () => {
        if (fields instanceof ApiError) throw fields
        parse(kind.row, fields)
        const names = namesIn(kind, fields)
        const by = knownBy(kind, names, key)
        if (!by) throw unnamed(kind)
        return { names, by }
      }),
    ),
  )
  const good = rows.map((row) => (row instanceof ApiError ? undefined : row))
  const [ids, owners] = await Promise.all([
    knownIds(
      scope,
      'person',
      good.map((row) => row?.by),
    ),
    knownIds(
      scope,
      'person',
      good.map((row) => (row?.names.email === undefined ? undefined : { email: row.names.email })),
    ),
  ])
  return rows.map((row, n) => {
    if (row instanceof ApiError) return row
    const [id, owner, { names, by }] = [ids[n], owners[n], row]
    const field = fieldOf(kind, keyIn(by))
    if (id === undefined) return new ApiError('person_not_found', { field })
    if (names.email !== undefined && owner !== id)
      return new ApiError('member_mismatch', { field: fieldOf(kind, 'email') })
    return { names, id }
  })
}

function unnamed(kind: Naming): ApiError {
  const ways = [kind.idField, fieldOf(kind, 'email'), 'external_ids'].join(', ')
  return new ApiError('invalid_body', { field: '', message: `Expected one of ${ways}.` })
}

function refuseRepeated(naming: Naming, rows: (Found | ApiError)[]): (Found | ApiError)[] {
  const earlier = earlierRows(naming, rows)
  return rows.map((row, n) => {
    const first = earlier[n]?.[0]
    return row instanceof ApiError || !first ? row : repeatedRow(first)
  })
}
