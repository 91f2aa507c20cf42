type Doc = Record<string, unknown>

/** What the short way does not know: the whole stack is asked, and has the last word. */
export class Unknown extends Error {}

/** The input of a command as the wire spells it; attribute values stand in a few known places. */
export function wireInput(input: Doc): Doc {
  return eachOf(input, (value, name) => {
    if (name === 'ReturnItemCollectionMetrics') throw new Unknown()
    // An answer that cannot be read after a write makes the whole stack write again: only what was sent comes back.
    if (name === 'ReturnValues' && value !== 'UPDATED_NEW') throw new Unknown()
    if (typeof value !== 'object' || name === 'ExpressionAttributeNames') return value
    if (maps.has(name)) return wireMap(value as Doc)
    if (name === 'TransactItems') return (value as Doc[]).map((one) => eachOf(one, inner))
    if (name === 'RequestItems') return eachOf(value as Doc, inner)
    if (name === 'Keys') return (value as Doc[]).map(wireMap)
    throw new Unknown()
  })
}

const maps = new Set(['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'])
const inner = (value: unknown) => wireInput(value as Doc)

function eachOf(map: Doc, change: (value: unknown, name: string) => unknown): Doc {
  const out: Doc = {}
  for (const name in map) {
    if (name === '__proto__') throw new Unknown()
    if (map[name] !== undefined) out[name] = change(map[name], name)
  }
  return out
}

function wireMap(map: Doc): Doc {
  const prototype = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) throw new Unknown()
  return eachOf(map, wireValue)
}

function wireValue(value: unknown): Doc {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return { N: String(value) }
  }
  if (value === null) return { NULL: true }
  if (typeof value !== 'object') throw new Unknown()
  if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(wireValue) }
  if (!(value instanceof Set)) return { M: wireMap(value as Doc) }
  const SS = [...value]
  if (SS.length === 0 || !SS.every((one) => typeof one === 'string')) throw new Unknown()
  return { SS }
}

/** The answer to a command in plain values, changed in place. */
export function plainAnswer(answer: Doc): Doc {
  for (const name of ['Item', 'Attributes', 'LastEvaluatedKey']) {
    if (answer[name]) answer[name] = plainMap(answer[name] as Doc)
  }
  if (answer.Items) answer.Items = (answer.Items as Doc[]).map(plainMap)
  for (const rows of Object.values((answer.Responses ?? {}) as Doc)) (rows as Doc[]).map(plainMap)
  for (const left of Object.values((answer.UnprocessedKeys ?? {}) as Doc)) {
    for (const key of (left as { Keys: Doc[] }).Keys) plainMap(key)
  }
  return answer
}

function plainMap(map: Doc): Doc {
  for (const name in map) map[name] = plainValue(map[name] as Doc)
  return map
}

function plainValue(value: Doc): unknown {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) {
    const number = Number(value.N)
    if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number
  }
  if (value.M !== undefined) return plainMap(value.M as Doc)
  if (value.L !== undefined) return (value.L as Doc[]).map(plainValue)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.NULL !== undefined) return null
  if (value.SS !== undefined) return new Set(value.SS as string[])
  throw new Unknown()
}
