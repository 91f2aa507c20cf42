import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { tableName } from '#lib/base/config.ts'
import type { ApiError, ErrorDetail, ErrorName } from '#lib/base/errors.ts'
import type { Key } from './keys.ts'
import type { VersionConflict } from './retry.ts'

type Item = NonNullable<TransactWriteCommandInput['TransactItems']>[number]
export type Row = Record<string, unknown>

/**
 * What the failed condition of a write means: an error of the catalogue, `conflict` (somebody wrote in between:
 * read again), or another write to take its place (a bucket that has grown sub-buckets).
 */
export type OnFailure =
  | ErrorName
  | 'conflict'
  | { error: ErrorName; detail: ErrorDetail }
  | ((existing: Row | undefined) => ApiError | VersionConflict | Write)

/** `when` is the condition in words that a trial can judge (`trial.ts`). */
export type Write = {
  item: Item
  when?: Condition
  orFail?: OnFailure
  /** Of several such writes of one row in a transaction, which all say the same, the first is enough. */
  once?: true
  /** A count that a list shows, and the row of the list that may keep it (kept-counts.ts). */
  shownIn?: Key
  inCrowd?: InCrowd
}

/** What to do where others write the row at the same time: open rows beside it, once for all, and write instead. */
type InCrowd = { name: string; open: () => Write[]; instead: (isOpen: boolean) => Write }

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
  /** The version that was read: the write fails as a conflict when the row has another. */
  vr?: number
  /** Attribute → value it must have; undefined: must be absent. */
  equals?: Row
  /** Attribute → value it must stay below. */
  below?: [string, string]
  /** Attribute → value it must be greater than. */
  above?: [string, number]
  /** Attribute → value it must not exceed. */
  atMost?: [string, number] | undefined
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

/** The key of the row that a write is about. */
export function keyOf({ item }: Write): Key {
  const { Put, Update, Delete, ConditionCheck } = item
  return bare((Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key) as Key)
}

/** Whether a write is about this row. */
export function isAbout(write: Write, { pk, sk }: Key): boolean {
  const about = keyOf(write)
  return about.pk === pk && about.sk === sk
}

/** A row as it was read, without its key. */
export function withoutKey<T extends object>(row: T): Omit<T, 'pk' | 'sk'> {
  const { pk: _, sk: __, ...rest } = row as T & Key
  return rest as Omit<T, 'pk' | 'sk'>
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
  return {
    item: { [verb]: values } as Item,
    ...(when && { when }),
    ...(orFail !== undefined && { orFail }),
  }
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

function conditionText(
  { exists, vr, equals, below, above, atMost }: Condition,
  names: Names,
): string {
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
    atMost && `${names.name(atMost[0])} <= ${names.value(atMost[1])}`,
  ]
    .filter((part) => part !== false && part !== undefined)
    .join(' AND ')
}
