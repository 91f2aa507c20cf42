import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Event } from '#lib/model/event.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import { chunks, newJob } from '#lib/store/jobs/queue.ts'
import { type Counters, countersOf } from '#lib/store/read/event-counts.ts'
import { countWrites, openBuckets } from '#lib/table/buckets.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import {
  type EventScope,
  type RecordedResponse,
  type Scope,
  withoutRecording,
} from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, transact, update, type Write, withoutKey } from '#lib/table/transact.ts'

/** An event with its exact counters, as answers show it. */
export type Counted = { event: Event; counters: Counters }
export type EventFields = Pick<
  Event,
  'name' | 'description' | 'language' | 'location' | 'dates' | 'urls'
> & {
  shortCode?: string | undefined
  externalIds?: Parameters<typeof externalIdsOf>[0] | undefined
}

export const eventScope = (scope: Scope, event: Event): EventScope => ({
  ...scope,
  event: event.id,
  e: `${event.org}#${event.id}`,
  zone: event.dates.zone,
  deleting: event.gone ?? new Set(),
})

/**
 * Makes an event with its built-in groups. The buckets of its sets come first, under a plan that removes them
 * when the transaction that makes the event visible never comes.
 */
export async function createEvent(
  scope: Scope,
  fields: EventFields,
  reply: (made: Counted) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  const id = newId('event')
  const own = externalIdsOf(fields.externalIds ?? [], undefined, 'external_ids')
  const draft = {
    ...fields,
    id,
    org: scope.org,
    number: await nextNumber(scope, 'event'),
    externalIds: [...upsert, ...own.filter(({ system }) => system !== upsert[0]?.system)],
    attendeesGroup: newId('group'),
    speakersGroup: newId('group'),
    createdAt: now(),
    updatedAt: now(),
    vr: 1,
  }
  const inside = eventScope(scope, { ...draft, shortCode: '' })
  const plan = newJob(inside, 'delete-event', {}, 120_000)
  await transact(withoutRecording(scope), [plan.write, ...openBuckets(sets.people(inside))])
  await transact(withoutRecording(scope), shelvesOf(inside, draft.speakersGroup))
  return retryOnConflict(scope, async () => {
    const shortCode = fields.shortCode ?? (await freeSlug(scope, fields.name, id))
    const event: Event = { ...draft, shortCode }
    const outcome = reply({ event, counters: none })
    const appear = appearWrites(scope, event, fields.shortCode !== undefined)
    await transact(scope, [...appear, ...builtinGroups(inside, event), plan.complete], outcome)
    return outcome
  })
}

const none = { people: 0, sessions: 0, groups: 2, tracks: 0, custom_fields: 0, pictures: 0 }

const shelvesOf = (inside: EventScope, speakersGroup: string): Write[] => [
  ...openBuckets(sets.groups(inside)),
  ...openBuckets(sets.tracks(inside)),
  ...openBuckets(sets.pictures(inside)),
  ...openBuckets(sets.members(inside, speakersGroup)),
]

const taken = { error: 'duplicate_short_code', detail: { field: 'short_code' } } as const

function appearWrites(scope: Scope, event: Event, isChosen: boolean): Write[] {
  const to = { event: event.id }
  const slug = put(
    { ...keys.slug(scope, event.shortCode), ...to },
    { exists: false },
    isChosen ? taken : 'conflict',
  )
  return [
    put({ ...keys.event(event.org, event.id), ...event }, { exists: false }, 'conflict'),
    put({ ...keys.eventOf(scope, event.id), at: event.createdAt }),
    put({ ...keys.eventNumber(scope, event.number), ...to }),
    slug,
    ...externalEventWrites(scope, event.id, [], event.externalIds),
  ]
}

function builtinGroups(inside: EventScope, event: Event): Write[] {
  const base = {
    note: '',
    externalIds: [],
    createdAt: event.createdAt,
    updatedAt: event.createdAt,
    vr: 1,
  }
  const group = (id: string, type: string, name: string, color: string) => [
    put({ ...keys.group(inside, id), ...base, id, type, name, color }),
    put({ ...keys.groupName(inside, name.toLowerCase()), to: id, name }),
  ]
  return [
    ...group(event.attendeesGroup, 'attendees', 'Attendees', '#2E7D32'),
    ...group(event.speakersGroup, 'speakers', 'Speakers', '#1565C0'),
    ...countWrites(
      sets.groups(inside),
      [event.attendeesGroup, event.speakersGroup].map((id) => ({ id, by: 1 })),
    ),
  ]
}

/** Replaces the event's own fields with what `change` makes of them, relations where it names them. */
export async function updateEvent(
  scope: Scope,
  id: string,
  change: (current: Event) => EventFields,
  effect: Effect<Counted>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await getRow<Event>(scope, keys.event(scope.org, id))
    if (!current) throw new ApiError('event_not_found')
    const inside = eventScope(scope, current)
    const counters = await countersOf(inside)
    effect.guard({ event: current, counters })
    const { externalIds, shortCode, ...fields } = change(current)
    const event: Event = {
      ...current,
      ...fields,
      shortCode: shortCode ?? current.shortCode,
      externalIds: externalIds
        ? externalIdsOf(externalIds, id, 'external_ids')
        : current.externalIds,
      updatedAt: now(),
      vr: current.vr + 1,
    }
    const outcome = effect.reply({ event, counters })
    await transact(scope, replaceWrites(scope, current, event), outcome)
    return outcome
  })
}

function replaceWrites(scope: Scope, current: Event, event: Event): Write[] {
  const slug = (code: string) => keys.slug(scope, code)
  const moved = current.shortCode !== event.shortCode
  // What is being cleaned up (`gone`) belongs to others and changes without a new version.
  const { gone: _, ...set } = withoutKey(event)
  return [
    update(keys.event(event.org, event.id), { set }, { vr: current.vr }, 'conflict'),
    ...(moved ? [remove(slug(current.shortCode))] : []),
    ...(moved
      ? [put({ ...slug(event.shortCode), event: event.id }, { exists: false }, taken)]
      : []),
    ...externalEventWrites(scope, event.id, current.externalIds, event.externalIds),
  ]
}

/** Makes the event vanish at once; a plan removes what it held. */
export async function deleteEvent(
  scope: Scope,
  id: string,
  effect: Effect<Counted>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const event = await getRow<Event>(scope, keys.event(scope.org, id))
    if (!event) throw new ApiError('event_not_found')
    const counted = { event, counters: await countersOf(eventScope(scope, event)) }
    effect.guard(counted)
    const outcome = effect.reply(counted)
    await transact(
      scope,
      [
        remove(keys.event(scope.org, id), { vr: event.vr }, 'conflict'),
        remove(keys.eventOf(scope, id)),
        remove(keys.eventNumber(scope, event.number)),
        remove(keys.slug(scope, event.shortCode)),
        ...externalEventWrites(scope, id, event.externalIds, []),
        newJob(eventScope(scope, event), 'delete-event', {}).write,
      ],
      outcome,
    )
    return outcome
  })
}

export async function getEvent(scope: Scope, event: Event): Promise<Counted> {
  return { event, counters: await countersOf(eventScope(scope, event)) }
}

/** Events of the organisation in id order, with their counters. */
export async function listEvents(
  scope: Scope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Counted>> {
  const listed = await queryRows<{ sk: string }>(scope, { pk: keys.events(scope), only: ['sk'] })
  const ids = listed.map(({ sk }) => sk).filter((id) => id > after)
  const wanted = ids.slice(offset, offset + limit).map((id) => keys.event(scope.org, id))
  const rows: Counted[] = []
  for (const some of chunks(await getRows<Event>(scope, wanted), 8)) {
    rows.push(...(await Promise.all(some.map((event) => getEvent(scope, event)))))
  }
  return { total: listed.length, rows }
}

function externalEventWrites(
  scope: Scope,
  id: string,
  before: ExternalId[],
  after: ExternalId[],
): Write[] {
  const key = (one: ExternalId) => keys.eventExternal(scope, one.system, one.id)
  const had = new Set(before.map((one) => key(one).pk))
  const has = new Set(after.map((one) => key(one).pk))
  const taken = { error: 'duplicate_external_id', detail: { field: 'external_ids' } } as const
  return [
    ...before.filter((one) => !has.has(key(one).pk)).map((one) => remove(key(one))),
    ...after
      .filter((one) => !had.has(key(one).pk))
      .map((one) => put({ ...key(one), event: id }, { exists: false }, taken)),
  ]
}

/** A short code from the name, with a part of the id where that is taken or empty. */
async function freeSlug(scope: Scope, name: string, id: string): Promise<string> {
  const base = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  const random = id.slice(-6)
  if (!base || /^\d+$/.test(base)) return `event-${random}`
  return (await getRow(scope, keys.slug(scope, base))) ? `${base}-${random}` : base
}
