declare module 'edmonds-blossom-fixed' {
  /** Mate of each vertex, or -1; vertices above the highest one in an edge are left out. */
  function blossom(edges: [number, number, number][], maxCardinality?: boolean): number[]
  export = blossom
}
