import blossom from 'edmonds-blossom-fixed'

/** An undirected edge of the graph of possible pairs: two vertices and what pairing them is worth. */
export type Edge = [a: number, b: number, weight: number]

/** Mate of each vertex, -1 for none. */
export type Mates = Int32Array

/**
 * The heaviest of the matchings with the most pairs. Weights are integers ≥ 0.
 * O(n³) at worst; 400 vertices with all 79,800 edges take a second or two.
 */
export function heaviestMatching(size: number, edges: Edge[]): Mates {
  const mates = new Int32Array(size).fill(-1)
  if (edges.length > 0) mates.set(blossom(edges, true))
  return mates
}
