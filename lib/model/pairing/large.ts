import { type Edge, heaviestMatching, type Mates } from './matching.ts'
import { type Neighbours, neighbours } from './neighbours.ts'
import { type Round, weightOf } from './round.ts'

// People whose pairs are found anew together, exactly: larger is better and slower (cubic).
const AREA = 1000
const PASSES = 3

/**
 * Pairs thousands: the heaviest pairs of near people first, then whoever is left, and at last areas
 * of the neighbourhood graph are solved exactly, each pass with other borders. A pass never makes
 * the sum smaller and never undoes a pair without another for both.
 */
export function pairMany(round: Round): Mates {
  const near = neighbours(round)
  const mates = greedy(near)
  pairLeft(round, mates)
  for (let pass = 0; pass < PASSES; pass++) {
    const pieces = areas(near, mates, pass)
    for (const area of pieces) if (area.length > 2) improve(round, near, mates, area)
    if (pieces.length === 1) break
  }
  for (const i of mates.keys()) if (mates[i] === -1) takePlace(round, mates, i)
  return mates
}

function greedy(near: Neighbours): Mates {
  const mates = new Int32Array(near.length).fill(-1)
  const edges = near.flatMap(({ ids, weights }, i) =>
    ids.map((j, at): Edge => [i, j, weights[at] ?? 0]),
  )
  for (const [i, j] of edges.sort((a, b) => b[2] - a[2])) {
    if (mates[i] === -1 && mates[j] === -1) join(mates, i, j)
  }
  return mates
}

function join(mates: Mates, i: number, j: number) {
  mates[i] = j
  mates[j] = i
}

/** Pairs those whom no neighbour took; two who may not meet each take one of a pair that is opened. */
function pairLeft(round: Round, mates: Mates) {
  const left = [...mates.keys()].filter((i) => mates[i] === -1)
  const stuck: number[] = []
  while (left.length > 0) {
    const i = left.pop() ?? 0
    const at = left.findLastIndex((j) => round.allowed(i, j))
    const [j] = at === -1 ? [] : left.splice(at, 1)
    if (j === undefined) stuck.push(i)
    else join(mates, i, j)
  }
  while (stuck.length > 1) {
    const i = stuck.pop() ?? 0
    const at = stuck.findIndex((j) => openPair(round, mates, i, j))
    if (at !== -1) stuck.splice(at, 1)
  }
}

function openPair(round: Round, mates: Mates, i: number, j: number): boolean {
  let best: { x: number; y: number; gain: number } | undefined
  for (let x = 0; x < round.size; x++) {
    const y = mates[x] ?? -1
    if (y === -1 || !round.allowed(i, x) || !round.allowed(j, y)) continue
    const gain = weightOf(round, i, x) + weightOf(round, j, y) - weightOf(round, x, y)
    if (!best || gain > best.gain) best = { x, y, gain }
  }
  if (!best) return false
  join(mates, i, best.x)
  join(mates, j, best.y)
  return true
}

/** Gives somebody alone the place of whom it costs least: of anybody not in `first`, if need be. */
function takePlace(round: Round, mates: Mates, i: number) {
  let best: { x: number; y: number; gain: number } | undefined
  for (let x = 0; x < round.size; x++) {
    const y = mates[x] ?? -1
    if (y === -1 || !round.allowed(i, x)) continue
    const gain = weightOf(round, i, x) - weightOf(round, x, y)
    if (gain > (best?.gain ?? 0)) best = { x, y, gain }
  }
  if (!best) return
  join(mates, i, best.x)
  mates[best.y] = -1
}

/** Grows areas from neighbour to neighbour, whole pairs at a time; each person is in one of them. */
function areas(near: Neighbours, mates: Mates, pass: number): number[][] {
  const seen = new Uint8Array(near.length)
  const grow = (root: number): number[] => {
    const area: number[] = []
    const visit = (i: number) => {
      for (const one of [i, mates[i] ?? -1]) {
        if (one === -1 || seen[one] === 1) continue
        seen[one] = 1
        area.push(one)
      }
    }
    visit(root)
    for (let at = 0; at < area.length; at++) {
      for (const next of near[area[at] ?? 0]?.ids ?? []) if (area.length < AREA) visit(next)
    }
    return area
  }
  const roots = [...near.keys()]
  if (pass % 2 === 1) roots.reverse()
  return roots.flatMap((root) => (seen[root] === 1 ? [] : [grow(root)]))
}

/** Solves one area exactly over its neighbour edges and the pairs it has now. */
function improve(round: Round, near: Neighbours, mates: Mates, area: readonly number[]) {
  const place = new Map(area.map((i, at) => [i, at]))
  const edges: Edge[] = []
  for (const [from, i] of area.entries()) {
    const { ids, weights } = near[i] ?? { ids: [], weights: [] }
    for (const [at, j] of ids.entries()) {
      const to = place.get(j) ?? from
      // Named by both ends, an edge is listed once: by the lower.
      if (from < to || (to < from && !near[j]?.ids.includes(i)))
        edges.push([from, to, weights[at] ?? 0])
    }
    const mate = place.get(mates[i] ?? -1) ?? from
    if (from < mate) edges.push([from, mate, weightOf(round, i, area[mate] ?? i)])
  }
  const found = heaviestMatching(area.length, edges)
  for (const [at, i] of area.entries()) mates[i] = area[found[at] ?? -1] ?? -1
}
