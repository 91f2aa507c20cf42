import { AlreadyOpen } from './buckets.ts'
import type { Key } from './keys.ts'
import { VersionConflict } from './retry.ts'
import { put, remove, update, type Write } from './writes.ts'

/** Counts the rows from its sort key up to `up`, exclusive. `sh`: the last one, which shards count with. */
export type Segment = { sk: string; up: string; ct: number; vr: number; sh?: 1 }
/** Counts with the last segment, the one that begins with `of`. */
export type Shard = { sk: string; of: string; ct: number; vr: number }

/** Where the last segment ends. */
export const highest = '~'
const shardCount = 15
/** Behind all segments. */
export const shardNames = [...Array(shardCount).keys()].map((n) => `~.${(n + 1).toString(16)}`)
const isShard = ({ sk }: Pick<Segment, 'sk'>): boolean => sk.startsWith('~.')

/** So many counts are in the whole segment if those of its own row are a fair part of it. */
export const likelyCount = ({ ct, sh }: Segment): number => (sh ? ct * (shardCount + 1) : ct)

/**
 * The write that counts rows into a segment: into any row of the last, where that has shards. Where it meets others there, the
 * shards are opened, and it goes to another row, so many times.
 */
export function countInto(pk: string, segment: Segment, count: number, times = 3): Write {
  const place = segment.sh ? Math.floor(Math.random() * (shardCount + 1)) : 0
  const shard = shardNames[place - 1]
  const add = { add: { ct: count, vr: 1 } }
  const write = shard
    ? update({ pk, sk: shard }, add, { exists: true, equals: { of: segment.sk } }, 'conflict')
    : update({ pk, sk: segment.sk }, add, { exists: true, equals: { up: segment.up } }, 'conflict')
  if (segment.up !== highest || times === 0) return write
  const instead = (isOpen: boolean) =>
    countInto(pk, { ...segment, ...(isOpen && { sh: 1 }) }, count, times - 1)
  const open = () => (segment.sh ? [] : openShards(pk, segment))
  return { ...write, inCrowd: { name: pk, open, instead } }
}

const openShards = (pk: string, { sk }: Segment): Write[] => [
  update(
    { pk, sk },
    { set: { sh: 1 }, add: { vr: 1 } },
    { exists: true, equals: { up: highest, sh: undefined } },
    (existing) => (existing?.sh ? new AlreadyOpen() : new VersionConflict()),
  ),
  ...shardNames.map((name) =>
    put({ pk, sk: name, of: sk, ct: 0, vr: 1 }, { exists: false }, 'conflict'),
  ),
]

/** The writes that let shards count, from nothing, with another last segment. */
export const movedShards = (pk: string, shards: Shard[], to: string): Write[] =>
  shards.map(({ sk, of, vr }) => {
    const change = { set: { of: to, ct: 0 }, add: { vr: 1 } }
    return update({ pk, sk }, change, { vr, equals: { of } }, 'conflict')
  })

/** The writes that delete the last segment: nothing is counted at the end any more. */
export const closeEnd = (pk: string, last: Segment | undefined): Write[] =>
  last
    ? [
        remove({ pk, sk: last.sk }, { equals: { up: highest } }, 'conflict'),
        ...shardNames.map((sk): Write => remove({ pk, sk } satisfies Key)),
      ]
    : []

/** Segments with what shards count, as rows lie in their partition. */
export function withShards(rows: (Segment | Shard)[]): Segment[] {
  const segments = rows.filter((row): row is Segment => !isShard(row))
  const shards = rows.filter((row): row is Shard => isShard(row))
  const beside = shards.reduce((sum, { ct }) => sum + ct, 0)
  return segments.map((one, n) =>
    n === segments.length - 1 ? { ...one, ct: one.ct + beside } : one,
  )
}
