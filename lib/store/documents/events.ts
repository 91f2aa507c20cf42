import { nowMillis } from '#lib/base/time.ts'
import type { CountedEvent, Counters, Event } from '#lib/model/event.ts'
import { countedWrites } from '#lib/store/counts.ts'
import type { Derived } from '#lib/store/document.ts'
import { sets } from '#lib/store/sets.ts'
import type { Keeping } from '#lib/table/kept-counts.ts'
import { keys } from '#lib/table/keys.ts'
import type { Scope } from '#lib/table/scope.ts'
import { put, remove, update, type Write, withoutKey } from '#lib/table/writes.ts'

// By hand, not a `Kind`: an event stands in no event's scope, and its rows lead to it by `event`, not by `to`.

export const takenShortCode = {
  error: 'duplicate_short_code',
  detail: { field: 'short_code' },
} as const
const takenExternalId = {
  error: 'duplicate_external_id',
  detail: { field: 'external_ids' },
} as const

/**
 * The writes of an event as it is made, with every row that leads to it. `counters`: what it begins with. `taken`: what a
 * second short code is told.
 */
export const newEventWrites = (
  scope: Scope,
  { event, counters }: CountedEvent,
  taken: 'conflict' | typeof takenShortCode,
): Write[] => [
  put(
    { ...event, ...keys.event(event.org, event.id), kind: 'event' },
    { exists: false },
    'conflict',
  ),
  ...rowsOf(scope, event, taken).map(gainedWrite),
  listed(scope, event, counters),
  ...countedWrites([{ set: sets.events(scope), id: event.id, by: 1 }]),
]

/** An event's place in the list of its organisation, which may keep counts. */
function listed(scope: Scope, { id, createdAt: at }: Event, counts: Counters): Write {
  const keeping: Keeping<Counters> = { counts, counted: nowMillis() }
  return put({ ...keys.eventOf(scope, id), at, ...keeping }, { exists: false }, 'conflict')
}

/** From one version of an event to the next. What is under way in it (`gone`, `goneIn`, `linking`) is others' to change. */
export function changedEventWrites(scope: Scope, before: Event, after: Event): Write[] {
  if (before.vr === after.vr) return []
  const { gone: _, goneIn: __, linking: ___, ...set } = withoutKey(after)
  const [had, has] = [before, after].map((event) => rowsOf(scope, event, takenShortCode))
  return [
    update(
      keys.event(scope.org, after.id),
      { set: { ...set, kind: 'event' } },
      { vr: before.vr },
      'conflict',
    ),
    ...without(had, has).map((row) => lostWrite(row, before.id)),
    ...without(has, had).map(gainedWrite),
  ]
}

export const removedEventWrites = (scope: Scope, event: Event): Write[] => [
  remove(keys.event(scope.org, event.id), { vr: event.vr }, 'conflict'),
  ...rowsOf(scope, event, takenShortCode).map((row) => lostWrite(row, event.id)),
  remove(keys.eventOf(scope, event.id)),
  ...countedWrites([{ set: sets.events(scope), id: event.id, by: -1 }]),
]

/** The rows that lead to an event: its number, its short code, other systems' ids. */
function rowsOf(scope: Scope, event: Event, taken: Derived['taken'] = takenShortCode): Derived[] {
  const values = { event: event.id }
  return [
    { ...keys.eventNumber(scope, event.number), values, taken: 'conflict' },
    { ...keys.slug(scope, event.shortCode), values, taken },
    ...(event.published
      ? [
          {
            ...keys.published(event.id),
            values: { ...values, org: scope.org },
            taken: 'conflict' as const,
          },
        ]
      : []),
    ...(event.allowedOrigins ?? []).map((origin) => ({
      ...keys.origin(origin, scope.org, event.id),
      values: { ...values, org: scope.org },
      taken: 'conflict' as const,
    })),
    ...(event.signIn
      ? [
          {
            ...keys.signIn(event.signIn.issuer, scope.org, event.id),
            values: { ...values, org: scope.org },
            taken: 'conflict' as const,
          },
        ]
      : []),
    ...event.externalIds.map(({ system, id }) => ({
      ...keys.eventExternal(scope, system, id),
      values,
      taken: takenExternalId,
    })),
  ]
}

const without = (rows: Derived[] = [], others: Derived[] = []): Derived[] =>
  rows.filter((row) => !others.some(({ pk, sk }) => row.pk === pk && row.sk === sk))

const gainedWrite = ({ pk, sk, values, taken = 'conflict' }: Derived): Write =>
  put({ pk, sk, ...values }, { exists: false }, taken)

/** A row that is unique goes only while it leads to this event. */
const lostWrite = ({ pk, sk, taken }: Derived, id: string): Write =>
  taken ? remove({ pk, sk }, { equals: { event: id } }, 'conflict') : remove({ pk, sk })
