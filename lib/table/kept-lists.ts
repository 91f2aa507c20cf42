import type { CountedSet } from './buckets.ts'
import { queryRows } from './query.ts'
import type { Scope } from './scope.ts'

/** What changes with every write that a list could notice; `rows`: how many it has, where that is counted. */
export type ListState = { version: string; rows?: number }

/** Rows as a list keeps them, and how many of the table they are made of. */
export type ListRead<T> = { rows: T[]; of: number }

type Entry = {
  version: string
  /** When this process first saw the version, and when it read the rows under it; milliseconds of its own clock. */
  seen: number
  read: number
  rows: unknown[]
}

/** So old a version is surely whole in every row that its write touched; and so long what was read before that holds. */
const settledMs = 1_000
/** So long rows are kept whatever the state says. */
const longestMs = 60_000
/** Rows of all lists together: order and filters of one take some 200 bytes. */
const mostRows = 100_000
/** What is read as fast as its state is not worth keeping. */
const fewRows = 100

const kept = new Map<string, Entry>()
let keptRows = 0

/**
 * The rows that a list goes by, as `read` gives them: kept in this process while the state that `stateOf` reads stays
 * the same, so that a page costs the state and its own documents whatever the list holds. Do not change them.
 *
 * A state is read before its rows, so rows are never older than what they are kept under, but for a write that is
 * half visible: rows whose number is not what is counted are not kept, nor are those for long that were read within a
 * second of their version.
 */
export async function keptList<T>(
  scope: Scope,
  name: string,
  stateOf: StateOf,
  read: () => Promise<ListRead<T>>,
): Promise<T[]> {
  const state = await stateOf(scope)
  if (!state) return (await read()).rows
  const known = kept.get(name)
  const now = performance.now()
  if (known?.version === state.version && holds(known, now)) {
    // The latest used is the last to be forgotten.
    kept.delete(name)
    kept.set(name, known)
    return known.rows as T[]
  }
  const seen = known?.version === state.version ? known.seen : now
  const { rows, of } = await read()
  forget(name)
  const isWhole = state.rows === undefined || state.rows === of
  if (isWhole && rows.length > fewRows && rows.length <= mostRows) {
    kept.set(name, { version: state.version, seen, read: now, rows })
    keptRows += rows.length
    for (const oldest of kept.keys()) {
      if (keptRows <= mostRows) break
      forget(oldest)
    }
  }
  return rows
}

const holds = ({ seen, read }: Entry, now: number): boolean =>
  now - read < (read - seen >= settledMs ? longestMs : settledMs)

function forget(name: string): void {
  keptRows -= kept.get(name)?.rows.length ?? 0
  kept.delete(name)
}

type Counted = { sk: string; ct: number; vr?: string }

/** The state of the sets whose buckets lie in a range of one partition; none where no set was ever opened. */
export const stateOfBuckets =
  (pk: string, range: { from?: string; to?: string } = {}): StateOf =>
  async (scope) => {
    const rows = await queryRows<Counted>(scope, { pk, ...range, only: ['sk', 'ct', 'vr'] })
    if (rows.length === 0 || rows.some(({ vr }) => vr === undefined)) return undefined
    return {
      version: rows.map(({ sk, ct, vr }) => `${sk} ${ct} ${vr}`).join(),
      rows: rows.reduce((sum, { ct }) => sum + ct, 0),
    }
  }

export const stateOfSet = ({ buckets, bucketPrefix: from }: CountedSet) =>
  stateOfBuckets(buckets, from ? { from, to: `${from}~` } : {})

type StateOf = (scope: Scope) => Promise<ListState | undefined>

/** The state of several lists with counts, by which their rows are kept together; `more` changes with what else they say. */
export const stateOfAll =
  (lists: StateOf[], more?: StateOf): StateOf =>
  async (scope) => {
    const states = await Promise.all([...lists, ...(more ? [more] : [])].map((of) => of(scope)))
    const known = states.filter((state) => state !== undefined)
    if (known.length < states.length) return undefined
    return {
      version: known.map(({ version }) => version).join('\n'),
      rows: known.slice(0, lists.length).reduce((sum, { rows = 0 }) => sum + rows, 0),
    }
  }
