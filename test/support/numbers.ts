/** Numbers that look random and repeat with the seed. */
export function numbers(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39
    state ^= state >>> 12
    return (state >>> 0) / 2 ** 32
  }
}
