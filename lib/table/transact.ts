import { randomUUID } from 'node:crypto'
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import { ApiError, type ErrorDetail, type ErrorName } from '#lib/base/errors.ts'
import { client } from './client.ts'
import { Replay, recordWrite } from './idempotency.ts'
import type { Key } from './keys.ts'
import { isTransient, storeCall, VersionConflict } from './retry.ts'
import type { RecordedResponse, Scope } from './scope.ts'

type Item = NonNullable<TransactWriteCommandInput['TransactItems']>[number]
type Row = Record<string, unknown>

/**
 * What the failed condition of a write means: an error of the catalogue, `in conflict` (somebody wrote in between:
 * read again), or another write to take its place (a bucket that has grown sub-buckets).
 */
export type OnFailure =
  | ErrorName
  | 'conflict'
  | { error: ErrorName; detail: ErrorDetail }
  | ((existing: Row | undefined) => ApiError | VersionConflict | Write)

export type Write = { item: Item; orFail?: OnFailure }

export type Change = {
  set?: Row
  remove?: string[]
  /** Numbers to add, or sets whose members to add. */
  add?: Row
  /** Sets whose members to remove. */
  drop?: Row
  /** Paths such as ['agenda', id] to set or, with undefined, to remove. */
  paths?: [string[], unknown][]
}
export type Condition = {
  exists?: boolean
  /** The version that was read: the write fails as in conflict when the row has another. */
  vr?: number
  /** Attribute → value it must have; undefined: must be absent. */
  equals?: Row
  /** Attribute → value it must stay below. */
  below?: [string, string]
  /** Attribute → value it must be greater than. */
  above?: [string, number]
}

export const put = (row: Row & Key, when?: Condition, orFail?: OnFailure): Write =>
  writeOf('Put', { Item: row }, when, orFail)
export const remove = (key: Key, when?: Condition, orFail?: OnFailure): Write =>
  writeOf('Delete', { Key: bare(key) }, when, orFail)
export const check = (key: Key, when: Condition, orFail: OnFailure): Write =>
  writeOf('ConditionCheck', { Key: bare(key) }, when, orFail)
export const update = (key: Key, change: Change, when?: Condition, orFail?: OnFailure): Write => {
  // DynamoDB refuses to set a key; the local engine would let it pass.
  if (change.set && ('pk' in change.set || 'sk' in change.set)) throw new Error('sets a key')
  return writeOf('Update', { Key: bare(key), change }, when, orFail)
}

/** A row as it was read, without its key. */
export function withoutKey<T extends object>(row: T): Omit<T, 'pk' | 'sk'> {
  const { pk: _, sk: __, ...rest } = row as T & Key
  return rest as Omit<T, 'pk' | 'sk'>
}

/** One transaction holds at most this many writes, the idempotency record included (AWS: 100). */
export const maxWrites = 99

/**
 * The only way to write: all writes or none (design §4). Conflicts and throttles are repeated with full jitter
 * inside the deadline under one client token, so a lost acknowledgement never applies a plan twice. With an
 * Idempotency-Key the record of `outcome` is part of the transaction. Throws what the failed write names.
 */
export async function transact(
  scope: Scope,
  writes: Write[],
  outcome?: RecordedResponse,
): Promise<void> {
  const record = scope.idempotency && outcome ? [recordWrite(scope.idempotency, outcome)] : []
  let attemptWrites = [...record, ...writes]
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const reasons = await send(scope, attemptWrites)
    if (!reasons) return
    if (record.length > 0 && reasons[0]?.Code === 'ConditionalCheckFailed') throw new Replay()
    attemptWrites = attemptWrites.map((one, n) =>
      reasons[n]?.Code === 'ConditionalCheckFailed' ? instead(one, reasons[n].Item) : one,
    )
  }
  throw new VersionConflict()
}

type Reason = { Code?: string | undefined; Item?: Record<string, unknown> | undefined }

async function send(scope: Scope, plan: Write[]): Promise<Reason[] | undefined> {
  const input = { TransactItems: plan.map(({ item }) => item), ClientRequestToken: randomUUID() }
  try {
    await storeCall(
      scope,
      (abortSignal) => client().send(new TransactWriteCommand(input), { abortSignal }),
      (error) => isTransient(error) || isConflict(error),
    )
    return undefined
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error
    const reasons = error.CancellationReasons ?? []
    if (!reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) throw error
    return reasons.map(({ Code, Item }) => ({ Code, Item: Item && plain(Item) }))
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
  if (!(error instanceof TransactionCanceledException)) return false
  return (error.CancellationReasons ?? []).every(({ Code }) => transientReasons.has(Code ?? 'None'))
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

/** `error.CancellationReasons[i].Item` comes in wire form even from the document client. */
function plain(item: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      plainValue(value as Record<string, unknown>),
    ]),
  )
}

function plainValue(value: Record<string, unknown>): unknown {
  const [type, inner] = Object.entries(value)[0] ?? []
  if (type === 'N') return Number(inner)
  if (type === 'M') return plain(inner as Record<string, unknown>)
  if (type === 'L') return (inner as Record<string, unknown>[]).map(plainValue)
  if (type === 'SS') return new Set(inner as string[])
  return type === 'NULL' ? null : inner
}

const bare = ({ pk, sk }: Key): Key => ({ pk, sk })

type Parts = { Item?: Row; Key?: Key; change?: Change }

function writeOf(
  verb: string,
  { change, ...parts }: Parts,
  when?: Condition,
  orFail?: OnFailure,
): Write {
  const names = new Names()
  const changes = change && updateText(change, names)
  const condition = when && conditionText(when, names)
  const values = {
    TableName: tableName(),
    ...parts,
    ...(changes && { UpdateExpression: changes }),
    ...(condition && { ConditionExpression: condition }),
    ...(condition && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ...names.attributes(),
  }
  return { item: { [verb]: values } as Item, ...(orFail !== undefined && { orFail }) }
}

/** Placeholders of one expression: no name or value of a client's ever stands in its text. */
class Names {
  readonly names: Record<string, string> = {}
  readonly values: Row = {}
  name(text: string): string {
    const alias = `#a${Object.keys(this.names).length}`
    this.names[alias] = text
    return alias
  }
  value(value: unknown): string {
    const alias = `:v${Object.keys(this.values).length}`
    this.values[alias] = value
    return alias
  }
  attributes() {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    }
  }
}

function updateText({ set, remove: gone, add, drop, paths }: Change, names: Names): string {
  const path = (parts: string[]) => parts.map((part) => names.name(part)).join('.')
  const sets = [
    ...Object.entries(set ?? {}).map(([name, value]): [string[], unknown] => [[name], value]),
    ...(paths ?? []),
  ]
  const clauses: [string, string[]][] = [
    [
      'SET',
      sets.filter(([, x]) => x !== undefined).map(([p, x]) => `${path(p)} = ${names.value(x)}`),
    ],
    [
      'REMOVE',
      [
        ...sets.filter(([, x]) => x === undefined).map(([p]) => path(p)),
        ...(gone ?? []).map((n) => path([n])),
      ],
    ],
    ['ADD', Object.entries(add ?? {}).map(([n, x]) => `${names.name(n)} ${names.value(x)}`)],
    ['DELETE', Object.entries(drop ?? {}).map(([n, x]) => `${names.name(n)} ${names.value(x)}`)],
  ]
  return clauses
    .filter(([, parts]) => parts.length > 0)
    .map(([verb, parts]) => `${verb} ${parts.join(', ')}`)
    .join(' ')
}

function conditionText({ exists, vr, equals, below, above }: Condition, names: Names): string {
  const wanted = Object.entries({ ...equals, ...(vr !== undefined && { vr }) })
  return [
    exists === true && 'attribute_exists(pk)',
    exists === false && 'attribute_not_exists(pk)',
    ...wanted.map(([name, value]) =>
      value === undefined
        ? `attribute_not_exists(${names.name(name)})`
        : `${names.name(name)} = ${names.value(value)}`,
    ),
    below && `${names.name(below[0])} < ${names.name(below[1])}`,
    above && `${names.name(above[0])} > ${names.value(above[1])}`,
  ]
    .filter((part) => part !== false && part !== undefined)
    .join(' AND ')
}
