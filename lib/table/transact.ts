import { randomUUID } from 'node:crypto'
import { chunks } from '#lib/base/chunks.ts'
import { ApiError } from '#lib/base/errors.ts'
import { AlreadyOpen, type CountedSet, openSetWrites, SetClosed, setName } from './buckets.ts'
import { client } from './client.ts'
import { sayCounting } from './kept-counts.ts'
import { aloneIn, putAlone } from './put-alone.ts'
import { forgetRows } from './recent.ts'
import { Replay, recordWrite } from './recorded.ts'
import { cancellationOf } from './refusals.ts'
import { backOff, isTransient, storeCall, VersionConflict } from './retry.ts'
import type { Scope } from './scope.ts'
import { transactWrite } from './short/commands.ts'
import { isRepeated, isUnsure } from './short/unsure.ts'
import { stamped } from './stamp.ts'
import { judge, type Reason } from './trial.ts'
import { plainRow } from './wire-values.ts'
import { keyOf, type Row, type Write } from './writes.ts'

/** One transaction holds at most this many writes, the recorded answer included (AWS: 100). */
export const maxWrites = 99

/**
 * The only way to write: all of the writes or none; in a trial, none. Conflicts and throttles are repeated with full jitter inside
 * the deadline under one client token, so a lost acknowledgement never applies them twice. Throws what the
 * failed write names. Sets that nobody has needed so far are opened on the way.
 */
export const transact = (scope: Scope, writes: Write[]): Promise<void> => attempt(scope, writes)

/**
 * The transaction that completes a request: with an Idempotency-Key, the answer made of `made` is recorded in it
 * (`job`: the work that is left to do). Gives `made`.
 */
export async function commit<T>(scope: Scope, writes: Write[], made: T, job?: string): Promise<T> {
  const { recording, trial } = scope
  const record = recording && !trial ? [recordWrite(recording, recording.answerOf(made), job)] : []
  await attempt(scope, writes, record)
  return made
}

async function attempt(scope: Scope, writes: Write[], record: Write[] = []): Promise<void> {
  let tried = [...record, ...eachOnce(writes).map((write) => stamped(scope, write))]
  if (tried.length === 0) return
  if (!scope.trial) await sayCounting(scope, tried)
  for (let attempts = 0; attempts < 6; attempts += 1) {
    const reasons = await (scope.trial ? judge(scope, tried) : sendAnew(scope, tried))
    if (!reasons) return
    if (record.length > 0 && reasons[0]?.Code === 'ConditionalCheckFailed') throw new Replay()
    const closed = new Map<string, CountedSet>()
    const errors: unknown[] = []
    const crowds = crowdedIn(tried, reasons)
    const isRoom = await makeRoom(scope, crowds)
    if (crowds.length > 0) await backOff(scope, attempts)
    const next = tried.map((one, n) => {
      if (one.inCrowd && isRoom.has(one.inCrowd.name)) {
        return one.inCrowd.instead(isRoom.get(one.inCrowd.name) === true)
      }
      if (reasons[n]?.Code !== 'ConditionalCheckFailed') return one
      try {
        return insteadOrOpen(one, reasons[n].Item, closed)
      } catch (error) {
        errors.push(error)
        return one
      }
    })
    // All have been heard by now: what each row says is known at the next attempt.
    if (errors.length > 0) throw errors[0]
    // In a trial a set stays closed: what counts in it needs no further judging once its owner is seen to live.
    const isLeft = (one: Write, n: number) => one !== tried[n] || reasons[n]?.Code === 'None'
    tried = scope.trial ? next.filter(isLeft) : next
    // All of them now: a write of many sets must not find them closed one by one.
    for (const some of chunks([...closed.values()], opensAtOnce)) {
      await Promise.all(some.map((set) => openSet(scope, set)))
    }
  }
  throw new VersionConflict()
}

function eachOnce(writes: Write[]): Write[] {
  const said = new Set<string>()
  return writes.filter((write) => {
    if (!write.once) return true
    const { pk, sk } = keyOf(write)
    const isFirst = !said.has(`${pk}\n${sk}`)
    said.add(`${pk}\n${sk}`)
    return isFirst
  })
}

const opensAtOnce = 8

/** What takes a failed write's place; a count in a closed set stays, and the set is noted. */
function insteadOrOpen(
  failed: Write,
  existing: Row | undefined,
  closed: Map<string, CountedSet>,
): Write {
  try {
    return instead(failed, existing)
  } catch (error) {
    if (!(error instanceof SetClosed)) throw error
    closed.set(setName(error.set), error.set)
    return failed
  }
}

/** The counts that met others on their row, where nothing else did: there it is waited in any case. */
function crowdedIn(tried: Write[], reasons: Reason[]): NonNullable<Write['inCrowd']>[] {
  const met = tried.filter((_, n) => reasons[n]?.Code === 'TransactionConflict')
  const crowds = met.flatMap(({ inCrowd }) => inCrowd ?? [])
  return crowds.length === met.length ? crowds : []
}

const making = new Map<string, Promise<boolean>>()

/** Opens rows beside those that are crowded; says of each set whether it has them. */
async function makeRoom(
  scope: Scope,
  crowds: NonNullable<Write['inCrowd']>[],
): Promise<Map<string, boolean>> {
  const isOpen = new Map<string, boolean>()
  for (const { name, open } of crowds) {
    const work =
      making.get(name) ?? openBeside(scope, open()).finally(() => void making.delete(name))
    making.set(name, work)
    isOpen.set(name, await work)
  }
  return isOpen
}

/** Whether they are there afterwards; without writes they are known to be. */
const openBeside = (scope: Scope, writes: Write[]): Promise<boolean> =>
  attempt(scope, writes).then(
    () => true,
    (error) => {
      if (!(error instanceof VersionConflict)) throw error
      return error instanceof AlreadyOpen
    },
  )

const opening = new Map<string, Promise<void>>()

/** Opens a set that nobody has needed so far: once in a process, and of two processes the second finds it open. */
async function openSet(scope: Scope, set: CountedSet): Promise<void> {
  if (scope.trial) return tryToOpen(scope, set)
  const name = setName(set)
  const work = opening.get(name) ?? tryToOpen(scope, set).finally(() => opening.delete(name))
  opening.set(name, work)
  await work
}

async function tryToOpen(scope: Scope, set: CountedSet): Promise<void> {
  const writes = await openSetWrites(scope, set)
  if (writes.length === 0) return
  await attempt(scope, writes).catch((error) => {
    if (!(error instanceof AlreadyOpen)) throw error
  })
}

/** Nothing that was written, or may have been, is known from before. */
const sendAnew = (scope: Scope, plan: Write[]): Promise<Reason[] | undefined> =>
  send(scope, plan).finally(() => forgetRows(plan.map(keyOf)))

async function send(scope: Scope, plan: Write[]): Promise<Reason[] | undefined> {
  const alone = aloneIn(plan)
  if (alone) return putAlone(scope, alone)
  const input = { TransactItems: plan.map(({ item }) => item), ClientRequestToken: randomUUID() }
  let unsure = false
  // What may have been carried out is repeated as it was, under its token.
  const isCrowded = (error: unknown) =>
    !unsure && crowdedIn(plan, cancellationOf(error) ?? []).length > 0
  try {
    await storeCall(
      scope,
      (abortSignal) => client().send(transactWrite(input), { abortSignal }),
      (error) => {
        unsure ||= cancellationOf(error) ? isRepeated(error as Error) : isUnsure(error)
        return !isCrowded(error) && (isTransient(error) || isConflict(error))
      },
    )
    return undefined
  } catch (error) {
    const reasons = cancellationOf(error)
    const isFailed = reasons?.some(({ Code }) => Code === 'ConditionalCheckFailed')
    if (!reasons || !(isFailed || isCrowded(error))) throw error
    // Items come in wire form even from the document client.
    return reasons.map(({ Code, Item }) => ({ Code, Item: Item && plainRow(Item) }))
  }
}

const transientReasons = new Set([
  'None',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

/** A cancellation for no reason but others' transactions or throttling: the SDK does not repeat these. */
function isConflict(error: unknown): boolean {
  return cancellationOf(error)?.every(({ Code }) => transientReasons.has(Code ?? 'None')) ?? false
}

function instead(failed: Write, existing: Row | undefined): Write {
  const { orFail } = failed
  if (orFail === undefined) throw new Error('a condition failed that no write expected to fail')
  if (orFail === 'conflict') throw new VersionConflict()
  if (typeof orFail === 'string') throw new ApiError(orFail)
  if (typeof orFail !== 'function') throw new ApiError(orFail.error, orFail.detail)
  const answer = orFail(existing)
  if (answer instanceof Error) throw answer
  return answer
}
