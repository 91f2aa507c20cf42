import { defaultPolicy } from '#lib/base/clash.ts'
import { ApiError } from '#lib/base/errors.ts'
import { isUuid, newId } from '#lib/base/ids.ts'
import { slugOf } from '#lib/base/slug.ts'
import { addDays, now } from '#lib/base/time.ts'
import {
  type CountedEvent,
  type Counters,
  type Event,
  type EventFields,
  firstUrl,
} from '#lib/model/event.ts'
import { type ExternalId, firstExternalIds, nextExternalIds } from '#lib/model/external-id.ts'
import type { Group } from '#lib/model/group.ts'
import { deletionWrite } from '#lib/store/deletions.ts'
import { born, nextIfChanged, type Precondition, save } from '#lib/store/document.ts'
import {
  changedEventWrites,
  newEventWrites,
  removedEventWrites,
  takenShortCode,
} from '#lib/store/documents/events.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { newJob } from '#lib/store/queue.ts'
import { countEvent } from '#lib/store/read/event-counts.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { sets } from '#lib/store/sets.ts'
import { openBuckets } from '#lib/table/buckets.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { put, type Write } from '#lib/table/writes.ts'

const none: Counters = {
  people: 0,
  sessions: 0,
  groups: 2,
  tracks: 0,
  customFields: 0,
  pictures: 0,
}

/** Makes an event with its two built-in groups, counted. `upsert`: the external ids of the path. */
export async function createEvent(
  scope: Scope,
  { shortCode: chosen, externalIds, ...fields }: EventFields,
  upsert: ExternalId[] = [],
): Promise<CountedEvent> {
  const draft = {
    ...fields,
    ...born(),
    id: newId('event'),
    org: scope.org,
    externalIds: firstExternalIds(externalIds, upsert),
    number: await nextNumber(scope, 'event'),
    attendeesGroup: newId('group'),
    speakersGroup: newId('group'),
  }
  return retryOnConflict(scope, async () => {
    const shortCode = chosen ?? (await freeShortCode(scope, draft))
    const event: Event = { ...draft, shortCode }
    const made = { event, counters: none }
    const writes = [
      ...newEventWrites(scope, made, chosen === undefined ? 'conflict' : takenShortCode),
      ...builtinGroupWrites(eventScope(scope, event), event),
      ...dayWrites(eventScope(scope, event), event),
      // Everybody comes with their words from the beginning.
      put(keys.wordsComplete(eventScope(scope, event))),
    ]
    return commit(scope, writes, made)
  })
}

/** So many days of an event are open from the beginning: one transaction holds no more. */
const openDays = 3

/** Opens the counts of the first days, which many may fill with sessions at once; others open with their first session. */
function dayWrites(scope: EventScope, { dates }: Event): Write[] {
  const days = [...Array(openDays).keys()].map((n) => addDays(dates.start, n))
  return days
    .filter((day) => day <= dates.end)
    .flatMap((day) => openBuckets(sets.sessionsOn(scope, day)))
}

/** The groups that every event has. Their set is opened here, and counts them from the start. */
function builtinGroupWrites(scope: EventScope, event: Event): Write[] {
  const { createdAt, updatedAt, vr } = event
  const base = { note: '', externalIds: [], createdAt, updatedAt, vr }
  const builtin: Group[] = [
    { ...base, id: event.attendeesGroup, type: 'attendees', name: 'Attendees', color: '#2E7D32' },
    { ...base, id: event.speakersGroup, type: 'speakers', name: 'Speakers', color: '#1565C0' },
  ]
  return [
    ...builtin.flatMap((group) => save(scope, groups, [undefined, group]).writes),
    ...openBuckets(
      sets.groups(scope),
      builtin.map(({ id }) => id),
    ),
  ]
}

/** Replaces the event's own fields by what `fields` makes of them. */
export const updateEvent = (
  scope: EventScope,
  fields: (current: Event) => EventFields,
  precondition: Precondition<CountedEvent>,
): Promise<CountedEvent> =>
  retryOnConflict(scope, async () => {
    const current = await countEvent(scope, await requireCurrent(scope))
    precondition(current)
    const before = current.event
    const { externalIds, shortCode = before.shortCode, ...own } = fields(before)
    const ids = nextExternalIds(externalIds, before)
    const isMoved = own.dates.zone !== before.dates.zone || firstUrl(own) !== firstUrl(before)
    const moved = isMoved && { moved: { times: (before.moved?.times ?? 0) + 1, at: now() } }
    // Events of earlier versions do not say it.
    const unsaid = {
      published: false,
      conflictPolicy: defaultPolicy,
      allowedOrigins: [],
      signIn: null,
    }
    const said = { ...unsaid, ...before }
    const event = nextIfChanged(said, { ...own, ...moved, shortCode, externalIds: ids })
    return commit(scope, changedEventWrites(scope, before, event), { ...current, event })
  })

/** Makes the event vanish at once, with every name it is found by; a job removes what it held. */
export const deleteEvent = (
  scope: EventScope,
  precondition: Precondition<CountedEvent>,
): Promise<CountedEvent> =>
  retryOnConflict(scope, async () => {
    const current = await countEvent(scope, await requireCurrent(scope))
    precondition(current)
    const job = newJob(scope, 'delete-event', {})
    const removed = [...removedEventWrites(scope, current.event), deletionWrite(scope, scope.event)]
    return commit(scope, [...removed, ...job.writes], current)
  })

/** The event as it is now, not as it was when the request came in. */
async function requireCurrent(scope: EventScope): Promise<Event> {
  const event = await storedEvent(scope, scope.org, scope.event)
  if (!event) throw new ApiError('event_not_found')
  return event
}

/** A short code from the name, with a part of the id where that is taken or empty. */
async function freeShortCode(scope: Scope, { name, id }: Pick<Event, 'name' | 'id'>) {
  const base = slugOf(name, 40)
  const random = id.slice(-6)
  if (!base || /^\d+$/.test(base) || isUuid(base)) return `event-${random}`
  return (await getRow(scope, keys.slug(scope, base))) ? `${base}-${random}` : base
}
