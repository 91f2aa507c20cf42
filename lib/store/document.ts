import { isDeepStrictEqual } from 'node:util'
import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import { type Instant, now } from '#lib/base/time.ts'
import type { Telling } from '#lib/model/telling.ts'
import { takeAlong } from '#lib/table/along.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import type { Key } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { closeBuckets } from '#lib/table/shards.ts'
import { commit } from '#lib/table/transact.ts'
import { type OnFailure, put, remove, type Write } from '#lib/table/writes.ts'
import { type Count, count, countedWrites, difference } from './counts.ts'
import { deletionWrite } from './deletions.ts'
import { reshown, revisedSoon } from './entry-revisions.ts'
import { isSame, withoutEmptySets } from './same.ts'

/** What every document has. `open` names the job that must be finished before anybody changes it. */
export type Document = {
  id: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
  open?: string
}

/** A row that stands because a document is as it is. */
export type Derived = Key & {
  values?: Record<string, unknown>
  /** What a second document that wants the same row is told: the row is unique, and removed only by its owner. */
  taken?: OnFailure
  /** The set that counts the row, under the id that the row sorts by. */
  in?: CountedSet
  /** Where no set counts it by that: the set by whose state lists keep the row, and the id it counts. */
  keptBy?: { set: CountedSet; id: string }
}

/** What a kind of document is to the table: where it stands, what it is counted in, which rows follow from it. */
export type Kind<T extends Document> = {
  name: string
  missing: ErrorName
  key: (scope: EventScope, id: string) => Key
  /** The counted set of all of them. */
  set?: (scope: EventScope) => CountedSet
  /** Sets that end with a document, and other partitions of rows under it. */
  owns?: (scope: EventScope, id: string) => CountedSet[]
  under?: (scope: EventScope, id: string) => string[]
  derived: (scope: EventScope, document: T) => Derived[]
  /** Sessions and meetings whose calendar entries call it otherwise than before. */
  renames?: (before: T, after: T) => string[]
  /** Whether pages of the programme show it otherwise than before, but for its name. */
  reshows?: (before: T, after: T) => boolean
  /** Sets without rows that count the document for something that stands in it. */
  counted?: (scope: EventScope, document: T) => CountedSet[]
  /** What the feed of changes tells of it beside its making, its fields and its end. */
  telling?: Telling<T>
}

/** The writes of a change, and what it counts: counts of several changes come together in one write a bucket. */
export type Saved = { writes: Write[]; counts: Count[] }

const allOpen = () => false

/**
 * From one state of a document to another, either of which may be none: itself, and the rows it gains and loses.
 * `isClosed` tells of sets whose owner is gone: their rows may be gone too and are counted no more. A document that
 * stayed in its version is not written.
 */
export function save<T extends Document>(
  scope: EventScope,
  kind: Kind<T>,
  [before, after]: [before: T | undefined, after: T | undefined],
  isClosed: (set: CountedSet) => boolean = allOpen,
): Saved {
  if (before && before.vr === after?.vr) return { writes: [], counts: [] }
  const [had, has] = [rowsOf(scope, kind, before), rowsOf(scope, kind, after)]
  const lost = [...had].filter(([name]) => !has.has(name)).map(([, row]) => row)
  const gained = [...has].filter(([name]) => !had.has(name)).map(([, row]) => row)
  const changed = [...has]
    .filter(([name, row]) => isChanged(had.get(name), row))
    .map(([, row]) => row)
  const { id } = (after ?? before) as T
  return {
    writes: [
      documentWrite(scope, kind, before, after),
      ...lost.map((row) => lostWrite(row, id, !row.in || isClosed(row.in))),
      ...gained.map(gainedWrite),
      ...changed.map(changedWrite),
      ...renamedWrites(scope, (before && after && kind.renames?.(before, after)) ?? []),
      ...(before && after && kind.reshows?.(before, after) ? [reshown(scope)] : []),
      ...(after ? [] : (kind.owns?.(scope, id) ?? []).flatMap(closeBuckets)),
      ...(after ? [] : [deletionWrite(scope, id)]),
    ],
    counts: [
      ...(kind.set && !before !== !after ? [count(kind.set(scope), id, after !== undefined)] : []),
      ...lost.flatMap((row) => (row.in ? count(row.in, row.sk, false) : [])),
      ...gained.flatMap((row) => (row.in ? count(row.in, row.sk, true) : [])),
      ...[...lost, ...gained, ...changed].flatMap(keptCount),
      ...difference(
        kind.counted && before ? kind.counted(scope, before) : [],
        kind.counted && after ? kind.counted(scope, after) : [],
        id,
      ),
    ].filter(({ set }) => !isClosed(set)),
  }
}

/** The writes of one change that touches no set but open ones. */
export const savedWrites = ({ writes, counts }: Saved): Write[] => [
  ...writes,
  ...countedWrites(counts),
]

/** What a new document begins with. */
export const born = () => ({ createdAt: now(), updatedAt: now(), vr: 1 })

/** The document with this id, unless missing or being deleted. */
export async function find<T extends Document>(
  scope: EventScope,
  kind: Kind<T>,
  id: string | undefined,
): Promise<T | undefined> {
  if (id === undefined || scope.deleting.has(id)) return undefined
  const key = kind.key(scope, id)
  return takeAlong<T>(scope, key) ?? getRow<T>(scope, key)
}

/** The same, or the error that names what is missing. */
export async function required<T extends Document>(
  scope: EventScope,
  kind: Kind<T>,
  id: string | undefined,
): Promise<T> {
  const document = await find(scope, kind, id)
  if (!document) throw new ApiError(kind.missing)
  return document
}

/** Throws when the object is no longer the one that the caller has seen. */
export type Precondition<T> = (current: T) => void

/** Writes a new document with all that follows from it, beside which other writes. Gives `made`. */
export const create = <T extends Document, M>(
  scope: EventScope,
  kind: Kind<T>,
  document: T,
  { made, more = [] }: { made: M; more?: Write[] },
): Promise<M> =>
  retryOnConflict(scope, () =>
    commit(scope, [...savedWrites(save(scope, kind, [undefined, document])), ...more], made),
  )

/** How a document changes: what it becomes (undefined: it goes), beside which other writes, and what that makes. */
export type Decision<T extends Document, M> = {
  after: Omit<T, 'vr' | 'updatedAt'> | undefined
  made: M
  more?: Write[]
}

export type Decide<T extends Document, M> = (
  before: T,
  next: <F extends object>(fields: F) => T & F,
) => Promise<Decision<T, M>>

/** Reads a document, decides, writes it under the version that was read, and repeats when somebody came between. */
export const change = <T extends Document, M>(
  scope: EventScope,
  kind: Kind<T>,
  id: string | undefined,
  decide: Decide<T, M>,
): Promise<M> =>
  retryOnConflict(scope, async () =>
    changeOnce(scope, kind, await required(scope, kind, id), decide),
  )

/** One attempt to change a document as it was read; a conflict when somebody came between. */
export async function changeOnce<T extends Document, M>(
  scope: EventScope,
  kind: Kind<T>,
  before: T,
  decide: Decide<T, M>,
): Promise<M> {
  const next = <F extends object>(fields: F) => nextIfChanged(before, fields)
  const { after, made, more = [] } = await decide(before, next)
  const writes = savedWrites(save(scope, kind, [before, after as T | undefined]))
  return commit(scope, [...writes, ...more], made)
}

/** A document as it will be: the next version, with these fields in place of its own. */
export const nextOf = <T extends Document, F extends object>(before: T, fields: F): T & F => ({
  ...before,
  ...fields,
  updatedAt: now(),
  vr: before.vr + 1,
})

/** The same, but in its version and with its time of change when the fields say what is there already. */
export function nextIfChanged<T extends Document, F extends object>(before: T, fields: F): T & F {
  const as = { ...before, ...fields }
  return isSame(before, as) ? as : nextOf(before, fields)
}

function documentWrite<T extends Document>(
  scope: EventScope,
  kind: Kind<T>,
  before: T | undefined,
  after: T | undefined,
): Write {
  const { id } = (after ?? before) as T
  const when = before ? { vr: before.vr } : { exists: false }
  const key = kind.key(scope, id)
  if (!after) return remove(key, when, 'conflict')
  return put({ ...withoutEmptySets(after), ...key, kind: kind.name }, when, 'conflict')
}

const renamedWrites = (scope: EventScope, entries: string[]): Write[] =>
  entries.length > 0 ? revisedSoon(scope, entries, { entries }) : []

/** A unique row goes only while it is the document's own, and one that is counted only while it is there. */
function lostWrite({ taken, pk, sk }: Derived, id: string, mayBeGone: boolean): Write {
  if (taken) return remove({ pk, sk }, { equals: { to: id } }, 'conflict')
  return mayBeGone ? remove({ pk, sk }) : remove({ pk, sk }, { exists: true }, 'conflict')
}

const gainedWrite = ({ values, taken = 'conflict', pk, sk }: Derived): Write =>
  put({ pk, sk, ...values }, { exists: false }, taken)

const isChanged = (before: Derived | undefined, after: Derived): boolean =>
  before !== undefined && !isDeepStrictEqual(before.values, after.values)

const changedWrite = ({ pk, sk, values }: Derived): Write =>
  put({ pk, sk, ...values }, { exists: true }, 'conflict')

function rowsOf<T extends Document>(scope: EventScope, kind: Kind<T>, document: T | undefined) {
  const rows = document ? kind.derived(scope, document) : []
  return new Map(rows.map((row) => [`${row.pk}\n${row.sk}`, row]))
}

const keptCount = ({ keptBy }: Derived): Count[] => (keptBy ? [{ ...keptBy, by: 0 }] : [])
