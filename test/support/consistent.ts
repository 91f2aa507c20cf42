import { expect } from 'vitest'
import { plainNames } from '#lib/base/plain-kinds.ts'
import type { Event } from '#lib/model/event.ts'
import type { Document } from '#lib/store/document.ts'
import { documents } from '#lib/store/documents/all.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { sessionTotal } from '#lib/store/read/event-counts.ts'
import { sets } from '#lib/store/sets.ts'
import type { CountedSet } from '#lib/table/buckets.ts'
import { total } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { scopeOf } from './attendee.ts'
import type { EventClient } from './factories.ts'
import { type Row, rowsMentioning } from './scan.ts'
import { seatsIn } from './seats.ts'

/** Partitions of an event in which nothing stands but documents and what follows from them. */
const derived =
  /^(P|PH|M#.*|X#.*|G|GN|G#.*|F#.*|S|ST|S#.*|SR#.*|SL#.*|T|TN|T#.*|DN?#.*|K|I|I#.*|WA?)$/

/** Holds every row of an event in which nothing is left to do against what its documents say, and every count. */
export async function expectConsistent(at: Pick<EventClient, 'token' | 'id'>): Promise<void> {
  const known = await scopeOf(at)
  const event = await getRow<Event>(known, keys.event(known.org, known.event))
  if (!event) throw new Error('the event is gone')
  const scope = eventScope(known, event)
  expect([...scope.deleting, ...scope.linking]).toEqual([])
  const rows = (await rowsMentioning(scope.e)).filter(({ pk }) => pk.startsWith(`${scope.e}#`))
  const there = rows
    .map(nameOf)
    .filter((name) => derived.test(partOf(name, scope)) || /#SE#\w+\nW#/.test(name))
  const byPartition = Map.groupBy(rows, ({ pk }) => pk)
  expect(rows.filter(({ open }) => open !== undefined)).toEqual([])
  const wanted = documents.flatMap((kind) =>
    (byPartition.get(kind.key(scope, '').pk) ?? []).flatMap((row) => [
      nameOf(row),
      ...kind.derived(scope, row as Row & Document).map(nameOf),
    ]),
  )
  expect(there.toSorted()).toEqual([...new Set(wanted)].toSorted())
  await expectCounts(scope, byPartition)
}

async function expectCounts(scope: EventScope, rows: Map<string, Row[]>): Promise<void> {
  const ids = (pk: string) => (rows.get(pk) ?? []).map(({ sk }) => sk)
  const all: CountedSet[] = [
    ...[sets.people, sets.groups, sets.tracks, sets.pictures].map((set) => set(scope)),
    ...plainNames.map((kind) => sets.plains(scope, kind)),
    ...ids(keys.groups(scope)).map((id) => sets.members(scope, id)),
    ...ids(keys.sessions(scope)).map((id) => sets.attendees(scope, id)),
    ...ids(keys.tracks(scope)).map((id) => sets.trackSessions(scope, id)),
  ]
  for (const set of all) {
    const there = (rows.get(set.rows) ?? []).length
    expect({ set: set.rows, count: await total(scope, set) }).toEqual({
      set: set.rows,
      count: there,
    })
  }
  const sessions = rows.get(keys.sessions(scope)) ?? []
  expect(await sessionTotal(scope)).toBe(sessions.length)
  const people = rows.get(keys.people(scope)) ?? []
  for (const type of ids(keys.ticketTypes(scope))) {
    const holders = people.filter(({ ticket }) => (ticket as { type: string })?.type === type)
    expect(await total(scope, sets.holders(scope, type))).toBe(holders.length)
  }
  for (const { id, capacity } of sessions) {
    const all = [keys.seats(scope, String(id)).pk, keys.attendeeBuckets(scope, String(id))]
    const seats = all.flatMap((pk) => rows.get(pk) ?? [])
    const ct = (rows.get(keys.attendees(scope, String(id))) ?? []).length
    const cap = capacity as number | undefined
    const taken = cap === undefined ? 0 : ct
    const wanted = { taken, capacity: cap, held: 0, isWhole: true }
    expect(seatsIn(seats, String(id), cap)).toEqual(wanted)
    const inLine = seats.filter(({ sk }) => sk.startsWith('W#')).length
    const item = seats.find(({ sk }) => sk === '-')
    expect(item?.wn ?? 0).toBe(inLine)
    // Where somebody waits, no seat is free.
    if (inLine > 0) expect(Number(item?.ct)).toBeGreaterThanOrEqual(cap ?? 0)
  }
}

const nameOf = ({ pk, sk }: { pk: string; sk: string }): string => `${pk}\n${sk}`
const partOf = (name: string, { e }: EventScope): string =>
  name.slice(e.length + 1, name.indexOf('\n'))
