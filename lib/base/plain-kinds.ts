/**
 * Things of an event that say all about themselves: a unique name, other systems' ids, counted, listed by id. A line
 * here is what the prefix of their ids, their path, their place in the table, the error of a missing one and the tests of
 * every plain kind are made of (CONTRIBUTING.md, Add a thing in five files).
 */
export const plainKinds = {
  room: { prefix: 'rom', plural: 'rooms', missing: 4044001 },
} as const satisfies Record<string, { prefix: string; plural: string; missing: number }>

export type PlainKind = keyof typeof plainKinds
export type Missing = `${PlainKind}_not_found`

export const plainNames = Object.keys(plainKinds) as PlainKind[]

/** Something of every plain kind, under a name made of the kind's. */
export const ofPlain = <K extends string, T>(
  name: (kind: PlainKind) => K,
  make: (kind: PlainKind) => T,
): Record<K, T> =>
  Object.fromEntries(plainNames.map((kind) => [name(kind), make(kind)])) as Record<K, T>
