import { randomUUID } from 'node:crypto'
import {
  bucketKey,
  bucketNames,
  type CountedSet,
  subBucketNames,
  subBucketOf,
} from '#lib/table/buckets.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import { allShards, isShard } from '#lib/table/shards.ts'
import { transact } from '#lib/table/transact.ts'
import { check, put, remove, update, type Write } from '#lib/table/writes.ts'
import type { Proof, Said } from './confirm.ts'
import type { Place, Row } from './facts.ts'

// Documents are what was decided: rows that follow from them are written or removed, and counts are counted anew. Each
// write holds only while everything is as it was read. Where two documents differ, nobody knows which is right.

/** Rules of rows that follow from one document and carry nothing of their own. */
const following = new Set([
  ...[
    'member',
    'attendee',
    'role-holder',
    'track',
    'picture-use',
    'hidden',
    'email',
    'external-id',
  ],
  ...['name', 'words', 'order', 'event-row', 'token', 'feed', 'badge', 'nonce', 'schedule'],
  ...['log-erasure', 'export', 'numbered', 'job'],
])

/** The writes that make it right; none where that is for somebody to decide. */
export function mendingWrites({ broken: { rule }, said, rows }: Proof): Write[] {
  if (following.has(rule)) return followingWrites(said, rows)
  if (rule === 'count') return recount(said)
  if (rule === 'buckets') return bucketWrites(said)
  return []
}

export const isCount = ({ broken }: Proof): boolean => broken.rule === 'count'

/** Whether it was mended: not, when somebody wrote meanwhile. */
export async function mend(proof: Proof): Promise<boolean> {
  const writes = mendingWrites(proof)
  if (writes.length === 0) return false
  try {
    await transact({ org: '', deadline: Date.now() + 30_000 }, writes)
    return true
  } catch (error) {
    if (error instanceof VersionConflict) return false
    throw error
  }
}

function followingWrites(said: Said[], rows: Row[]): Write[] {
  const [one, ...others] = said
  if (!one || others.length > 0) return []
  const { row, fact } = one
  if (fact.wanted) {
    const { pk, sk } = fact.wanted
    // Under that key stands somebody else's, or an older one of this document: that one goes first, if at all.
    if (rows.some((other) => other.pk === pk && other.sk === sk)) return []
    return [put(fact.wanted, { exists: false }, 'conflict'), unchanged(row)]
  }
  if (!fact.loose) return []
  const owners = (fact.with?.() ?? []).filter(isKey)
  const asRead = owners.map((owner) => {
    const there = rows.find(({ pk, sk }) => pk === owner.pk && sk === owner.sk)
    return there ? unchanged(there) : check(owner, { exists: false }, 'conflict')
  })
  return [remove(row, { equals: plainOf(row) }, 'conflict'), ...asRead]
}

const isKey = (place: Place): place is { pk: string; sk: string } => place.sk !== undefined

const unchanged = (row: Row): Write =>
  check(row, typeof row.vr === 'number' ? { vr: row.vr } : { equals: plainOf(row) }, 'conflict')

/** What a condition can say of a row without regard to how it is kept. */
function plainOf(row: Row): Record<string, unknown> {
  const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)
  return Object.fromEntries(Object.entries(row).filter(([, value]) => isPlain(value)))
}

/** The bucket with what its members come to, under the version in which it was read with them. */
function recount(said: Said[]): Write[] {
  const bucket = said.find(({ fact }) => fact.adds?.there)
  const set = bucket?.fact.set
  if (!bucket || !set) return []
  const members = said.flatMap(({ fact }) => fact.member ?? [])
  const { vr, lv } = bucket.row
  const shards = said.filter(({ row }) => row.pk === bucket.row.pk && isShard(row.sk))
  const beside = (name: string) => shards.reduce((sum, { row }) => sum + Number(row[name] ?? 0), 0)
  const counts = { ct: members.length, ...(lv === 1 ? insideOf(set, members) : {}) }
  // Shards keep what they count, and the bucket counts the rest.
  const rest = Object.entries(counts).map(([name, count]) => [name, count - beside(name)])
  const change = { set: { ...Object.fromEntries(rest), vr: randomUUID() } }
  return [
    update(bucket.row, change, { equals: { vr, lv } }, 'conflict'),
    ...shards.map(({ row }) => check(row, { equals: { vr: row.vr } }, 'conflict')),
  ]
}

function insideOf(set: CountedSet, members: string[]): Record<string, number> {
  const counts = Object.fromEntries([...subBucketNames].map((name) => [name, 0]))
  for (const id of members) {
    const name = subBucketOf(set, id)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Buckets of an owner who is gone go; one that is not there is made, to be counted next. */
function bucketWrites(said: Said[]): Write[] {
  const lost = said.find(({ fact }) => fact.needs)
  if (lost) {
    const owner = lost.fact.with?.()[0]
    if (!owner || !isKey(owner)) return []
    const { vr } = lost.row
    return [
      remove(lost.row, { equals: { vr } }, 'conflict'),
      check(owner, { exists: false }, 'conflict'),
    ]
  }
  const set = said[0]?.fact.set
  // How seats are kept stands in all buckets alike: those are not for counting alone.
  if (!set || said.some(({ row }) => row.cp !== undefined)) return []
  const there = new Set(said.map(({ row }) => row.sk))
  const isSpread = said.some(({ row }) => row.sh === 1)
  const shards = isSpread ? allShards(set) : []
  return [...bucketNames(set), ...shards]
    .map((name) => ({ ...bucketKey(set, name), ...(isShard(name) && { lv: 1 }) }))
    .filter(({ sk }) => !there.has(sk))
    .map((key) => put({ ...key, ct: 0, vr: '0' }, { exists: false }, 'conflict'))
}
