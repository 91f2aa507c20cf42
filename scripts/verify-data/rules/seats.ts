import type { Session } from '#lib/model/session.ts'
import { noLimit } from '#lib/store/links/line.ts'
import type { SeatBucket, SeatsRow } from '#lib/store/links/seat-shares.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketNames } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { single, spread } from '#lib/table/seat-modes.ts'
import { type Fault, nameOf, on, type Place, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'

// Whatever says something of the seats of one session adds it to one book.

const places = (seen: Seen, session: string) => (): Place[] => [
  keys.session(seen.scope, session),
  { pk: keys.attendeeBuckets(seen.scope, session) },
  { pk: keys.seats(seen.scope, session).pk },
]

function adds(seen: Seen, session: string, what: Record<string, number>): void {
  const name = nameOf(keys.session(seen.scope, session))
  seen.adds('seats', name, what, places(seen, session))
}

export const limitsSeats = ({ id, capacity }: Session, seen: Seen): void =>
  adds(seen, id, { there: 1, ...(capacity !== undefined && { isLimited: 1, capacity }) })

/** What a bucket of attendees says of seats, beside its count. */
function bucket({ cp, ct, fr = 0 }: SeatBucket, seen: Seen): void {
  const [session = ''] = seen.args
  if (cp === spread) adds(seen, session, { shares: 1, ct, free: fr, owing: fr < 0 ? 1 : 0 })
  else adds(seen, session, { [cp === single ? 'singles' : 'open']: 1, ct })
}

function seat(row: Row, seen: Seen): void {
  const [session = ''] = seen.args
  const [kind = '', rest = ''] = row.sk.split('#')
  seen.needs('reference', keys.session(seen.scope, session))
  if (kind === '-') {
    const { ct, cap, wn = 0, ws = 0 } = row as unknown as SeatsRow
    adds(seen, session, { items: 1, taken: ct, of: cap, waits: wn, maxGiven: ws })
    return
  }
  if (kind === 'H') {
    seen.needs('seats', keys.job(rest))
    adds(seen, session, { holds: 1 })
    return
  }
  if (kind !== 'W') {
    seen.wrong('shape', 'seats, a place or a hold', row.sk)
    return
  }
  seen.stands('waiting', () => [keys.person(seen.scope, String(row.person))], ['person'])
  adds(seen, session, { line: 1, maxPlace: Number(rest) })
}

export const seatRules: Rules[] = [on(keys.seats(s, any).pk, seat)]
/** Beside what counts say of the same rows. */
export const seatBucketRule: Rules = on<SeatBucket>(keys.attendeeBuckets(s, any), bucket)

type Book = Record<string, number | undefined>
const wanted = bucketNames(sets.attendees(s, any)).length

/** What is wrong with the seats of a session; those of one that is gone are others' to complain about. */
export function seatsFault({
  there,
  isLimited,
  shares = 0,
  singles = 0,
  items = 0,
  ...book
}: Book): Fault | undefined {
  const wrong = (expected: string, found: string) => ({ rule: 'seats', expected, found })
  if (!there) return undefined
  if (!isLimited) {
    // Those who waited when the limit was taken away are given their seats first.
    if (book.of === noLimit || shares + singles + items === 0) return lineFault(book, items)
    return wrong('no seats counted without a capacity', `${shares + singles} buckets do`)
  }
  if (shares === wanted && singles === 0) return sharedFault(book, items) ?? lineFault(book, items)
  if (singles === wanted && shares === 0) return singleFault(book, items) ?? lineFault(book, items)
  return wrong(`${wanted} buckets that count seats alike`, `${shares} share, ${singles} do not`)
}

function sharedFault(book: Book, items: number): Fault | undefined {
  const { ct = 0, free = 0, holds = 0, owing = 0, capacity = 0 } = book
  const found = `${ct} taken, ${free} free, ${holds} held${items ? ', and an item of seats' : ''}`
  if (items === 0 && owing === 0 && ct + free + holds === capacity) return undefined
  return { rule: 'seats', expected: `${capacity} seats in shares`, found }
}

function singleFault(book: Book, items: number): Fault | undefined {
  const { ct = 0, holds = 0, taken = 0, of = 0, capacity = 0, free = 0 } = book
  if (items === 1 && taken === ct + holds && of === capacity && free === 0) return undefined
  const expected = `${ct + holds} of ${capacity} seats taken`
  return { rule: 'seats', expected, found: items ? `${taken} of ${of}` : 'no item of seats' }
}

function lineFault(book: Book, items: number): Fault | undefined {
  const { line = 0, waits = 0, maxGiven = 0, maxPlace = 0, taken = 0, of = 0 } = book
  const wrong = (expected: string, found: string) => ({ rule: 'line', expected, found })
  if (line !== waits) return wrong(`${line} waiting`, `${waits} counted`)
  if (maxPlace > maxGiven) return wrong(`place ${maxPlace} given`, `the last is ${maxGiven}`)
  if (items && line > 0 && taken < of)
    return wrong('no seat free while somebody waits', `${taken} of ${of} taken`)
  return undefined
}
