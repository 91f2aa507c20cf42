import type { Key } from './keys-form.ts'
import type { EventScope } from './scope.ts'

const time = (millis: number): string => String(millis).padStart(15, '0')

/** Badges and scans; `list` is a session's id, or `entrance`. */
export const doorKeys = {
  /** The badge of a person stands with what they have; its code leads to them by its hash. */
  badge: (s: EventScope, person: string): Key => ({ pk: `${s.e}#R#${person}`, sk: 'B' }),
  badgeCode: (s: EventScope, hash: string): Key => ({
    pk: `${s.e}#JB#${hash.slice(0, 1)}`,
    sk: hash,
  }),
  badgeCodes: (s: EventScope, first: string) => `${s.e}#JB#${first}`,
  /** How somebody stands to a door. */
  presence: (s: EventScope, person: string, list: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `J#${list}`,
  }),
  scan: (s: EventScope, list: string, at: number, id: string): Key => ({
    pk: `${s.e}#JL#${list}`,
    sk: `${time(at)}#${id}`,
  }),
  scans: (s: EventScope, list: string) => `${s.e}#JL#${list}`,
  scansFrom: time,
  /** The scan that a nonce stands for. */
  nonce: (s: EventScope, hash: string): Key => ({ pk: `${s.e}#JN#${hash.slice(0, 1)}`, sk: hash }),
  nonces: (s: EventScope, first: string) => `${s.e}#JN#${first}`,
  /** What all doors count, each in many parts. */
  doorTally: (s: EventScope, list: string, part: number): Key => ({
    pk: `${s.e}#JC`,
    sk: `${list}#${String(part).padStart(2, '0')}`,
  }),
  doorTallies: (s: EventScope) => `${s.e}#JC`,
}
