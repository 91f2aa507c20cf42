import { entrance, type Presence, type Scan, tallyOf } from '#lib/model/door/scan.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Fault, nameOf, on, type Place, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'

type Nonce = { list: string; to: string }

const lastName = (seen: Seen, key: { pk: string; sk: string }, person: string, inside: boolean) =>
  `${nameOf(key)} ${seen.scope.e} ${person} ${inside ? 'entry' : 'exit'}`

function scan(one: Scan & Row, seen: Seen): void {
  const { scope } = seen
  const { list, at, id, person, nonce, type, status } = one
  const [door = ''] = seen.args
  const { sk } = keys.scan(scope, list, at, id)
  if (list !== door || sk !== one.sk)
    seen.wrong('shape', `a scan of ${door} at ${one.sk}`, `one of ${list} at ${sk}`)
  if (list !== entrance) seen.needs('reference', keys.session(scope, list))
  seen.wants('nonce', { ...keys.nonce(scope, nonce), list, to: one.sk })
  const isOk = status === 'ok'
  if (person === undefined) {
    tally(seen, list, { den: isOk ? 0 : 1 })
    return
  }
  seen.needs('reference', keys.person(scope, person))
  if (isOk) seen.isThere(lastName(seen, one, person, type === 'entry'))
  const key = keys.presence(scope, person, list)
  const adds = {
    scans: 1,
    entered: isOk && type === 'entry' ? 1 : 0,
    refused: isOk ? 0 : 1,
    maxAt: at,
    minAt: at,
    ...(isOk && { maxPassed: at }),
  }
  seen.adds('presence', nameOf(key), adds, () => [key, { pk: one.pk }])
}

export function presence(one: Presence & Row, seen: Seen, me: string): void {
  const { scope } = seen
  const list = one.sk.slice(2)
  if (list !== entrance) seen.needs('reference', keys.session(scope, list))
  const { inside, entries, people, denied } = tallyOf(one)
  tally(seen, list, { ins: inside, ent: entries, ppl: people, den: denied })
  const { from, to, at, last } = one
  const scans = { pk: keys.scans(scope, list) }
  const adds = { there: 1, entries: one.entries, denied: one.denied, from, to, at }
  seen.adds('presence', nameOf(one), adds, () => [scans])
  if (!last) return
  const key = keys.scan(scope, list, at, last)
  seen.needsNamed('presence', lastName(seen, key, me, one.inside), () => [key])
}

type Parts = Partial<Record<'ins' | 'ent' | 'ppl' | 'den', number>>

/** What a door counts is what people and unknown codes come to, each of four numbers. */
function tally(seen: Seen, list: string, parts: Parts): void {
  for (const [name, by] of Object.entries(parts)) {
    if (by)
      seen.agrees('tally', `${seen.scope.e} ${list} ${name}`, by, doorPlaces(seen.scope, list))
  }
}

/** All parts of the count, all scans, and how those who were scanned stand to the door. */
const doorPlaces = (scope: EventScope, list: string) => (): Place[] => [
  { pk: keys.doorTallies(scope), from: `${list}#`, to: `${list}#~` },
  {
    pk: keys.scans(scope, list),
    also: (rows) =>
      [...new Set(rows.flatMap(({ person }) => person ?? []))].map((person) =>
        keys.presence(scope, String(person), list),
      ),
  },
]

type Book = Record<string, number | undefined>

export function presenceFault({
  there,
  scans = 0,
  entries = 0,
  denied = 0,
  ...book
}: Book): Fault | undefined {
  const wrong = (expected: string, found: string) => ({ rule: 'presence', expected, found })
  const { entered = 0, refused = 0, maxPassed = 0, at = 0, from = 0, to = 0 } = book
  if (!there) return scans > 0 ? wrong('how somebody stands to a door', 'scans alone') : undefined
  if (entered !== entries || refused !== denied)
    return wrong(`${entered} entries, ${refused} refusals`, `${entries}, ${denied}`)
  if (maxPassed !== at) return wrong(`the last scan at ${maxPassed}`, `at ${at}`)
  if ((book.minAt ?? from) >= from && (book.maxAt ?? to) <= to) return undefined
  return wrong(`scans from ${book.minAt} to ${book.maxAt}`, `from ${from} to ${to}`)
}

export const doorRules: Rules[] = [
  on<Scan>(keys.scans(s, any), scan),
  on<Nonce>(keys.nonces(s, any), ({ list, to }, seen) =>
    seen.stands('nonce', () => [{ pk: keys.scans(seen.scope, list), sk: to }], ['list', 'to']),
  ),
  on<{ to: string }>(keys.badgeCodes(s, any), ({ to }, seen) =>
    seen.stands('badge', () => [keys.badge(seen.scope, to)], ['to']),
  ),
  on<Parts>(keys.doorTallies(s), ({ sk, ins = 0, ent = 0, ppl = 0, den = 0 }, seen) => {
    const list = sk.slice(0, sk.lastIndexOf('#'))
    if (list !== entrance) seen.needs('reference', keys.session(seen.scope, list))
    tally(seen, list, { ins: -ins, ent: -ent, ppl: -ppl, den: -den })
  }),
]
