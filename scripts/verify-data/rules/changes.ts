import type { Change } from '#lib/model/change.ts'
import type { Event } from '#lib/model/event.ts'
import type { ChangesHead } from '#lib/store/read/changes.ts'
import { keys } from '#lib/table/keys.ts'
import { changesTogether } from '#lib/table/keys-work.ts'
import {
  type Adds,
  type Fault,
  nameOf,
  on,
  type Place,
  type Row,
  type Rules,
  type Seen,
} from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { clock } from './meetings.ts'

const dayMs = 86_400_000

/** What is removed soon by its time may be gone on one side. */
const isKept = ({ ttl }: Row): boolean =>
  ttl === undefined || Number(ttl) * 1000 > clock.now + 60_000

function numbering(seen: Seen, adds: Adds, upTo = 0): void {
  const { scope } = seen
  const head = keys.changesHead(scope)
  const parts = (): Place[] =>
    [...Array(Math.floor(upTo / changesTogether) + 1).keys()].map((n) => ({
      pk: keys.changes(scope, n * changesTogether),
    }))
  seen.adds('numbering', nameOf(head), adds, () => [
    head,
    keys.event(scope.org, scope.event),
    { pk: seen.row.pk },
    ...parts(),
  ])
}

function change(one: Change & Row, seen: Seen): void {
  const { scope } = seen
  const { sequence, id, objectId, note } = one
  const key = keys.change(scope, sequence)
  if (key.pk !== one.pk || key.sk !== one.sk)
    seen.wrong('shape', `the change ${one.sk}`, String(sequence))
  if (!isKept(one)) return
  const minKept = Number(one.ttl) * 1000 - Date.parse(one.occurredAt)
  numbering(seen, { n: 1, minSequence: sequence, maxSequence: sequence, minKept })
  seen.wants('history', { ...keys.ownChange(scope, objectId, id), sequence })
  for (const other of new Set(namedIn(note)))
    if (other !== objectId)
      seen.wants('history', { ...keys.otherChange(scope, other, sequence), sequence })
}

/** Whatever else a change is about. */
const namedIn = (note: object): string[] =>
  Object.entries(note).flatMap(([name, id]) => (name.endsWith('_id') ? String(id) : []))

function history(row: { sequence: number } & Row, seen: Seen): void {
  if (isKept(row))
    seen.stands('history', () => [keys.change(seen.scope, row.sequence)], ['sequence'])
}

/** When an event was made: until its first changes go, there is the first of all. */
export const beginsFeed = ({ createdAt }: Event, seen: Seen): void =>
  numbering(seen, { born: Date.parse(createdAt) })

export function numberingFault({
  there,
  seq = 0,
  n = 0,
  born,
  ...book
}: Record<string, number>): Fault | undefined {
  const wrong = (expected: string, found: string) => ({ rule: 'numbering', expected, found })
  const { minSequence = 0, maxSequence = 0 } = book
  if (!there) return n > 0 ? wrong('how far changes are numbered', `${n} changes alone`) : undefined
  // For how long changes are kept, they say themselves; some are numbered up to a day late.
  const keptMs = (book.minKept ?? 3 * dayMs) - 2 * dayMs
  const isYoung = born !== undefined && born > clock.now - keptMs
  if (n === 0) return isYoung && seq > 0 ? wrong(`${seq} changes`, 'none') : undefined
  if (maxSequence !== seq) return wrong(`the last change ${seq}`, `${maxSequence}`)
  if (n !== maxSequence - minSequence + 1)
    return wrong(`every change from ${minSequence} to ${maxSequence}`, `${n} of them`)
  if (isYoung && minSequence !== 1) return wrong('the first change', `from ${minSequence}`)
  return undefined
}

export const cursorFault = ({
  maxCursor = 0,
  seq = 0,
}: Record<string, number>): Fault | undefined =>
  maxCursor > seq
    ? { rule: 'cursor', expected: `a change up to ${seq}`, found: `${maxCursor}` }
    : undefined

export const changeRules: Rules[] = [
  on<ChangesHead>(keys.changesHead(s).pk, (row, seen) => {
    const { seq } = row
    const { scope } = seen
    if (row.sk !== keys.changesHead(scope).sk) {
      seen.wrong('unknown', 'a head', row.sk)
      return
    }
    numbering(seen, { there: 1, seq }, seq)
    seen.adds('cursor', nameOf(row), { seq }, () => [{ pk: keys.delivering(scope, '').pk }])
    if (isKept(row)) seen.wants('numbered', keys.numbered(scope))
  }),
  on<Change>(keys.changes(s, 1), change),
  on<{ sequence: number }>(keys.objectChanges(s, any), history),
  on(keys.everyNumbered(), (row, seen) => {
    const [org = '', event = ''] = row.sk.split('#')
    const scope = { ...seen.scope, org, event, e: row.sk }
    if (isKept(row)) seen.stands('numbered', () => [keys.changesHead(scope)])
  }),
  on(keys.streamBeat().pk, () => undefined),
  on(keys.deletion(s, any).pk, () => undefined),
]
