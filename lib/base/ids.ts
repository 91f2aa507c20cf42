import { createHash, randomBytes } from 'node:crypto'

import { ofPlain, type PlainKind, plainKinds } from './plain-kinds.ts'

/** Prefixes of the ids that we make; each is followed by 26 characters of base32 (128 random bits). */
export const kinds = {
  event: 'evt',
  person: 'per',
  session: 'ses',
  group: 'grp',
  track: 'trk',
  field: 'cfd',
  token: 'tok',
  organisation: 'org',
  ticketType: 'tkt',
  meeting: 'mtg',
  match: 'mat',
  change: 'chg',
  webhook: 'whk',
  checkin: 'chk',
  export: 'exp',
  batch: 'bat',
  ...ofPlain<PlainKind, string>(
    (kind) => kind,
    (kind) => plainKinds[kind].prefix,
  ),
} as const
export type Kind = keyof typeof kinds

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const shape = /^[a-z]{3}_[a-z2-7]{26}$/
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

let random: (size: number) => Buffer = randomBytes

/** A new id such as `per_…`: 128 random bits, so that ids of one set spread evenly over its buckets. */
export const newId = (kind: Kind): string => `${kinds[kind]}_${base32(random(17)).slice(0, 26)}`

/** A new picture id or other UUID (version 4 layout). */
export function newUuid(): string {
  const bytes = random(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** An id that the same text always gets: how versions before 0.3 named the organisation of an operator's token. */
export const idFrom = (kind: Kind, text: string): string =>
  `${kinds[kind]}_${base32(createHash('sha256').update(text).digest()).slice(0, 26)}`

export const isId = (kind: Kind, text: string): boolean =>
  shape.test(text) && text.startsWith(`${kinds[kind]}_`)
/** What an id of ours is of. */
export const kindOfId = (id: string): Kind | undefined =>
  (Object.keys(kinds) as Kind[]).find((kind) => isId(kind, id))
export const isUuid = (text: string): boolean => uuidShape.test(text)

/**
 * True for whatever could be taken for an id of ours: no name or external id may look like one. UUIDs are not meant:
 * other systems make them too, and what has a UUID here (pictures, feeds) has neither.
 */
export const looksLikeId = (text: string): boolean => shape.test(text)

/** `plk_<id>_<secret>`: the secret has 160 bits, never seeded. */
export const newTokenText = (id: string): string => `plk_${id.slice(4)}_${base32(randomBytes(20))}`

/** What a badge shows: 160 bits in letters that QR codes pack tightly, never seeded. */
export const newBadgeCode = (): string => base32(randomBytes(20)).toUpperCase()

/** Hex digits of fresh randomness, e.g. schedule GUIDs (16 bytes) and access keys. */
export const newHex = (bytes: number): string => random(bytes).toString('hex')

/** Makes ids repeat from run to run, for the demo event only: bytes are drawn from a hash chain over `seed`. */
export async function withSeededIds<T>(seed: string, work: () => Promise<T>): Promise<T> {
  let count = 0
  random = (size) => {
    count += 1
    const chunks = [...Array(Math.ceil(size / 32)).keys()].map((part) =>
      createHash('sha256').update(`${seed}/${count}/${part}`).digest(),
    )
    return Buffer.concat(chunks).subarray(0, size)
  }
  try {
    return await work()
  } finally {
    random = randomBytes
  }
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += alphabet[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return text
}
