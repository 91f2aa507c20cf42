import * as v from 'valibot'
import { defaultPolicy, policies } from '#lib/base/clash.ts'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, httpUrl, nameText, plainText, slug } from '#lib/base/text.ts'
import { instantOf, localToInstant, zoneOffset } from '#lib/base/time.ts'
import type { CountedEvent, Counters, Event, EventFields } from '#lib/model/event.ts'
import { origins, signIn } from './apps.ts'
import {
  date,
  externalIdsField,
  externalIdsSchema,
  ignored,
  languageTag,
  stampsSchema,
  zoneName,
} from './fields.ts'
import { type Presentation, printExternalIds, printedId, printStamps } from './presentation.ts'

const datesBody = v.pipe(
  v.strictObject({
    start_date: blankAsAbsent(date),
    end_date: blankAsAbsent(date),
    time_zone_tz: blankAsAbsent(zoneName),
    time_zone_offset: ignored,
    time_format: blankAsAbsent(nameText(20)),
  }),
  v.forward(
    v.check(
      ({ start_date: start, end_date: end }) => !start || !end || end >= start,
      'Must not be before start_date.',
    ),
    ['end_date'],
  ),
)

const answered = v.picklist(policies)
const policy = v.nullish(v.picklist(policies, `Expected one of ${policies.join(', ')}.`))

/** What POST and PUT take, and PATCH after merging. */
export const EventBody = v.strictObject({
  id: v.optional(v.string()),
  number: ignored,
  external_ids: externalIdsField,
  short_code: blankAsAbsent(slug),
  name: nameText(limits.nameLength.value),
  description: blankAsAbsent(plainText(limits.descriptionLength.value)),
  language: blankAsAbsent(languageTag),
  data_counters: ignored,
  event_location: v.nullish(
    v.strictObject({
      location_name: blankAsAbsent(plainText(limits.locationLength.value)),
      location_address: blankAsAbsent(plainText(limits.locationLength.value)),
    }),
  ),
  event_dates: v.nullish(datesBody),
  event_urls: v.nullish(
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(/^\w{1,64}$/)), blankAsAbsent(httpUrl)),
      v.check((urls) => Object.keys(urls).length <= 20, 'At most 20 URLs.'),
    ),
  ),
  published: v.nullish(v.boolean()),
  conflict_policy: v.nullish(v.strictObject({ room: policy, speaker: policy, attendee: policy })),
  allowed_origins: v.nullish(origins),
  sign_in: v.nullish(signIn),
  timestamps: ignored,
})
export type EventBody = v.InferOutput<typeof EventBody>

const text = v.string()
export const EventAnswer = v.object({
  id: text,
  number: v.number(),
  external_ids: externalIdsSchema,
  short_code: text,
  name: text,
  description: text,
  language: text,
  data_counters: v.object({
    people: v.number(),
    sessions: v.number(),
    groups: v.number(),
    tracks: v.number(),
    custom_fields: v.number(),
    pictures: v.number(),
  }),
  event_location: v.object({ location_name: text, location_address: text }),
  event_dates: v.object({
    start_date: text,
    end_date: text,
    time_zone_tz: text,
    time_zone_offset: text,
    time_format: text,
  }),
  event_urls: v.record(text, text),
  published: v.boolean(),
  conflict_policy: v.object({ room: answered, speaker: answered, attendee: answered }),
  allowed_origins: v.array(text),
  sign_in: v.nullable(v.object({ issuer: text, audience: text })),
  timestamps: stampsSchema,
})

/** What attendees are told of their event. */
export const EventForAttendees = v.strictObject({
  id: text,
  name: text,
  description: text,
  language: text,
  event_location: EventAnswer.entries.event_location,
  event_dates: EventAnswer.entries.event_dates,
  event_urls: EventAnswer.entries.event_urls,
})

export function eventFields(body: EventBody): EventFields {
  const dates = body.event_dates
  const start = dates?.start_date ?? dates?.end_date ?? new Date().toISOString().slice(0, 10)
  const urls = Object.entries(body.event_urls ?? {}).filter(
    (entry): entry is [string, string] => !!entry[1],
  )
  return {
    name: body.name,
    description: body.description ?? '',
    language: body.language ?? 'en',
    location: {
      name: body.event_location?.location_name ?? '',
      address: body.event_location?.location_address ?? '',
    },
    dates: {
      start,
      end: dates?.end_date ?? start,
      zone: dates?.time_zone_tz ?? 'UTC',
      timeFormat: dates?.time_format ?? '24h',
    },
    urls: Object.fromEntries(urls),
    published: body.published ?? false,
    conflictPolicy: {
      room: body.conflict_policy?.room ?? defaultPolicy.room,
      speaker: body.conflict_policy?.speaker ?? defaultPolicy.speaker,
      attendee: body.conflict_policy?.attendee ?? defaultPolicy.attendee,
    },
    allowedOrigins: body.allowed_origins ?? [],
    signIn: body.sign_in ?? null,
    shortCode: body.short_code,
    externalIds: body.external_ids ?? undefined,
  }
}

/** The event's own fields as a body spells them: what a merge patch is laid onto. */
export const eventPatchTarget = (event: Event) => ({
  short_code: event.shortCode,
  name: event.name,
  description: event.description,
  language: event.language,
  event_location: { location_name: event.location.name, location_address: event.location.address },
  event_dates: {
    start_date: event.dates.start,
    end_date: event.dates.end,
    time_zone_tz: event.dates.zone,
    time_format: event.dates.timeFormat,
  },
  event_urls: event.urls,
  published: event.published ?? false,
  conflict_policy: event.conflictPolicy ?? defaultPolicy,
  allowed_origins: event.allowedOrigins ?? [],
  sign_in: event.signIn ?? null,
})

export function printEvent(given: Presentation, { event, counters }: CountedEvent) {
  const view = { ...given, zone: event.dates.zone }
  return {
    id: printedId(view, event),
    number: event.number,
    external_ids: printExternalIds(event.id, event.externalIds),
    data_counters: printCounters(counters),
    ...eventPatchTarget(event),
    event_dates: printDates(event),
    timestamps: printStamps(view, event),
  }
}

export function printForAttendees(view: Presentation, event: Event) {
  const { name, description, language, event_location, event_urls } = eventPatchTarget(event)
  const event_dates = printDates(event)
  const id = printedId(view, event)
  return { id, name, description, language, event_location, event_dates, event_urls }
}

const printDates = (event: Event) => ({
  start_date: event.dates.start,
  end_date: event.dates.end,
  time_zone_tz: event.dates.zone,
  time_zone_offset: offsetAtStart(event),
  time_format: event.dates.timeFormat,
})

const printCounters = ({ customFields, ...counters }: Counters) => ({
  ...counters,
  custom_fields: customFields,
})

function offsetAtStart({ dates }: Event): string {
  const start = localToInstant(dates.start, 12, 0, dates.zone) ?? instantOf(Date.now())
  return zoneOffset(dates.zone, start)
}
