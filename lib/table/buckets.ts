import { randomUUID } from 'node:crypto'
import { type Kind, kinds } from '#lib/base/ids.ts'
import { type Bits, hexBits, idBits } from './id-prefix.ts'
import { Stale } from './retry.ts'
import { remove, type Step, update } from './transact.ts'

/**
 * A counted set (design §4): rows in one partition, sorted by random id, and beside them shelf items that
 * count the rows under each value of the id's first bits. It gives exact totals and any offset at a cost that
 * grows with neither.
 */
export type CountedSet = {
  rows: string
  /** Partition of the shelf items, and what their sort keys begin with when other sets share it. */
  shelves: string
  shelfPrefix: string
  /** 64, 16 or 4 shelves: 6, 4 or 2 bits of the id. */
  shelfBits: 6 | 4 | 2
  bits: Bits
  /** What stands before the random part of the ids: `per_` or nothing. */
  prefix: string
}

export const countedSet = (
  rows: string,
  shelves: string | [partition: string, prefix: string],
  shelfBits: CountedSet['shelfBits'],
  kind?: Kind,
): CountedSet => ({
  rows,
  shelves: typeof shelves === 'string' ? shelves : shelves[0],
  shelfPrefix: typeof shelves === 'string' ? '' : `${shelves[1]}#`,
  shelfBits,
  bits: kind ? idBits : hexBits,
  prefix: kind ? `${kinds[kind]}_` : '',
})

export const drawerNames = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_~'
export const drawerBits = 6

/** A shelf item: `ct` rows under it; with `lv` 1 also a count for each of its 64 drawers. */
export type Shelf = { sk: string; ct: number; lv?: number; vr: string } & Record<string, unknown>

/** The steps that create a set's shelves, with its owner or before it, counting the rows that come along. */
export function createShelves(set: CountedSet, ids: string[] = []): Step[] {
  return shelfNames(set).map((sk) => {
    const ct = ids.filter((id) => shelfOf(set, id) === sk).length
    return update(shelfKey(set, sk), { set: { ct, vr: '0' } }, { exists: false }, 'stale')
  })
}

/** The steps that delete a set's shelves: from then on no writer can add to it. */
export const deleteShelves = (set: CountedSet): Step[] =>
  shelfNames(set).map((sk) => remove(shelfKey(set, sk)))

/** Ids to count in (1) or out (-1). `capped`: the set is a session's with seats (see `lib/store/write/seats.ts`). */
export type Counting = { id: string; by: 1 | -1 }

/** Shelves that are known to have drawers: they never lose them, so writers need not find out again. */
const grown = new Set<string>()
const nameOf = ({ pk, sk }: { pk: string; sk: string }) => `${pk}\n${sk}`

/**
 * The steps that count rows in and out, one for each shelf they lie on. They prove that the owner lives: a set
 * without shelves fails as stale, and who reads again finds the owner gone.
 */
export function countSteps(set: CountedSet, all: Counting[], capped = false): Step[] {
  const shelves = Map.groupBy(all, ({ id }) => shelfOf(set, id))
  return [...shelves].map(([sk, some]) =>
    countAt(set, some, grown.has(nameOf(shelfKey(set, sk))), capped),
  )
}

function countAt(set: CountedSet, some: Counting[], withDrawers: boolean, capped: boolean): Step {
  const add: Record<string, number> = { ct: 0 }
  for (const { id, by } of some) {
    add.ct = (add.ct ?? 0) + by
    const drawer = drawerOf(set, id)
    if (withDrawers) add[drawer] = (add[drawer] ?? 0) + by
  }
  const key = shelfKey(set, shelfOf(set, some[0]?.id ?? ''))
  return update(
    key,
    { add, set: { vr: randomUUID() } },
    { exists: true, equals: { lv: withDrawers ? 1 : undefined, cp: capped ? 1 : undefined } },
    (existing) => {
      if (!existing || (existing.cp === 1) !== capped) return new Stale()
      if (grown.size > 50_000) grown.clear()
      if (existing.lv === 1) grown.add(nameOf(key))
      else grown.delete(nameOf(key))
      return countAt(set, some, existing.lv === 1, capped)
    },
  )
}

export const shelfKey = (set: CountedSet, sk: string) => ({
  pk: set.shelves,
  sk: set.shelfPrefix + sk,
})
export const shelfNames = (set: CountedSet) =>
  [...Array(2 ** set.shelfBits).keys()].map((n) => n.toString(16).padStart(2, '0'))
export const shelfOf = (set: CountedSet, id: string) =>
  set.bits.first(id, set.shelfBits).toString(16).padStart(2, '0')
export const drawerOf = (set: CountedSet, id: string) =>
  drawerNames[set.bits.first(id, set.shelfBits + drawerBits) & 63] ?? '0'
export const bound = (set: CountedSet, value: number, bits: number) =>
  set.prefix + set.bits.lowest(value, bits)
