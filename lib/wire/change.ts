import * as v from 'valibot'
import type { Change } from '#lib/model/change.ts'
import type { Event } from '#lib/model/event.ts'
import type { Changes } from '#lib/store/read/changes.ts'
import type { Named } from '#lib/store/read/named.ts'
import type { OrganisationChanges } from '#lib/store/read/organisation-changes.ts'
import { type Presentation, printedId, printedReference, printTime } from './presentation.ts'

const text = v.string()
const whole = v.pipe(v.number(), v.integer())

const changeEntries = {
  sequence: whole,
  change_id: text,
  type: text,
  object: text,
  object_id: text,
  version: whole,
  changed: v.array(text),
  actor: v.nullable(v.object({ token_id: text, name: text, role: text })),
  request_id: v.nullable(text),
  occurred_at: v.union([text, v.number()]),
  note: v.record(text, v.union([text, v.number()])),
}

export const ChangesAnswer = v.object({
  event_id: text,
  latest: whole,
  changes_list: v.array(v.object(changeEntries)),
})

export const OrganisationChangesAnswer = v.object({
  latest_list: v.array(v.object({ event_id: text, latest: whole })),
  changes_list: v.array(v.object({ event_id: text, ...changeEntries })),
})

type Known = ReadonlyMap<string, Named>
type Printed = Pick<Changes, 'rows' | 'latest'> & { event: Event; known: Known }

export const printChanges = (view: Presentation, { event, rows, latest, known }: Printed) => ({
  event_id: printedId(view, event),
  latest,
  changes_list: rows.map((row) => printChange(view, row, known)),
})

export const printOrganisationChanges = (
  view: Presentation,
  { rows, latest }: Pick<OrganisationChanges, 'rows' | 'latest'>,
) => ({
  latest_list: latest.map(({ event, sequence }) => ({ event_id: event, latest: sequence })),
  changes_list: rows.map(({ event, change }) => ({
    event_id: event,
    ...printChange(view, change, new Map()),
  })),
})

export const printChange = (view: Presentation, change: Change, known: Known) => ({
  sequence: change.sequence,
  change_id: change.id,
  type: change.type,
  object: change.object,
  object_id: printedReference(view, change.objectId, known),
  version: change.version,
  changed: change.changed.map((field) => spelled(change.object, field)),
  actor: change.actor
    ? { token_id: change.actor.tokenId, name: change.actor.name, role: change.actor.role }
    : null,
  request_id: change.requestId ?? null,
  occurred_at: printTime(view, change.occurredAt),
  note: Object.fromEntries(
    Object.entries(change.note).map(([name, value]) => [
      name,
      typeof value === 'string' ? printedReference(view, value, known) : value,
    ]),
  ),
})

/** Every id that these changes name. */
export const idsIn = (changes: Change[]): string[] =>
  changes.flatMap(({ objectId, note }) => [
    objectId,
    ...Object.values(note).filter((value) => typeof value === 'string'),
  ])

/** Fields of one object that are spelled otherwise than `fields` or the rule below says. */
const fieldsOf: Record<string, Record<string, string>> = {
  event: { dates: 'event_dates', location: 'event_location', urls: 'event_urls' },
  person: { firstName: 'first_name', lastName: 'last_name' },
  group: { name: 'group_name', color: 'group_color', note: 'group_note' },
  track: { name: 'track_name', color: 'track_color' },
  room: { name: 'room_name', capacity: 'room_capacity' },
  custom_field: { name: 'field_name', view: 'view_permission', edit: 'edit_permission' },
  ticket_type: { access: 'session_access' },
  schedule_user: { email: 'email' },
  webhook: { secrets: 'secret' },
  picture: { content: 'upload_picture' },
  session: {
    name: 'session_name',
    description: 'session_description',
    date: 'session_date',
    start: 'session_start_time',
    end: 'session_end_time',
    endDate: 'session_end_date',
    format: 'session_format',
    trackIds: 'session_tracks',
    links: 'external_links',
    status: 'session_status',
    subtitle: 'session_subtitle',
    language: 'session_language',
  },
}
const fields: Record<string, string> = {
  externalIds: 'external_ids',
  email: 'email_address',
  social: 'social_contacts',
  custom: 'custom_fields_meta',
  docs: 'link_docs',
  picture: 'picture_resource_id',
}

/** What profiles and meetings show is spelled as here; everything else with underscores. */
const spelled = (object: string, field: string): string =>
  fieldsOf[object]?.[field] ?? fields[field] ?? (asHere.has(object) ? field : underscored(field))

const asHere = new Set(['person', 'meeting'])

const underscored = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
