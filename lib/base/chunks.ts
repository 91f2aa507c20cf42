/** Splits a list into parts of at most `size`, in order. */
export const chunks = <T>(all: T[], size: number): T[][] =>
  [...Array(Math.ceil(all.length / size)).keys()].map((n) => all.slice(n * size, n * size + size))
