import * as v from 'valibot'
import { htmlText } from '#lib/base/html.ts'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, httpUrl, nameText } from '#lib/base/text.ts'
import { parseLocalTime } from '#lib/base/time.ts'
import { visibleValues } from '#lib/model/custom-values.ts'
import { formats, roles, type Session, statuses } from '#lib/model/session.ts'
import { endDateOf, sayableEnd } from '#lib/model/session-times.ts'
import type { LoadedSession } from '#lib/store/read/included-sessions.ts'
import {
  countedEntries,
  date,
  externalIdsField,
  externalIdsSchema,
  ignored,
  languageTag,
  listOf,
  reference,
  seats,
  stampsSchema,
} from './fields.ts'
import { CustomAnswer, customMeta, linkDocs } from './person.ts'
import {
  type Presentation,
  printExternalIds,
  printedId,
  printedReference,
  printStamps,
} from './presentation.ts'

const people = listOf(reference, limits.sessionRolePeople.value)
/** `HH-MM` as documented, or `HH:MM`; kept as `HH:MM`. */
const time = v.pipe(
  v.string(),
  v.check(
    (text) => parseLocalTime(text) !== undefined,
    'Expected a time as HH-MM, 00-00 to 23-59, without seconds.',
  ),
  v.transform((text) => text.slice(0, 5).replace('-', ':')),
)

/** What POST and PUT take, and PATCH after merging. */
export const SessionBody = v.strictObject({
  session_id: v.nullish(v.string()),
  external_ids: externalIdsField,
  session_name: nameText(limits.nameLength.value),
  session_description: blankAsAbsent(htmlText(limits.descriptionLength.value)),
  session_date: date,
  session_start_time: time,
  session_end_time: time,
  session_end_date: blankAsAbsent(date),
  speakers: v.optional(people),
  session_tracks: v.optional(listOf(reference, limits.sessionTracks.value)),
  external_links: v.nullish(
    listOf(
      v.strictObject({
        link_name: blankAsAbsent(nameText(limits.nameLength.value)),
        link_url: httpUrl,
      }),
      limits.externalLinks.value,
    ),
  ),
  docs: v.nullish(linkDocs),
  session_roles: v.optional(
    listOf(
      v.strictObject({
        session_role_id: blankAsAbsent(v.string()),
        session_role_name: blankAsAbsent(v.string()),
        people_list: people,
      }),
      20,
    ),
  ),
  session_status: blankAsAbsent(v.picklist(statuses, `Expected ${statuses.join(', ')}.`)),
  session_subtitle: blankAsAbsent(nameText(limits.nameLength.value)),
  session_language: blankAsAbsent(languageTag),
  room_id: blankAsAbsent(reference),
  session_format: blankAsAbsent(v.picklist(formats, `Expected ${formats.join(', ')}.`)),
  location: blankAsAbsent(nameText(limits.locationLength.value)),
  capacity: v.nullish(seats),
  waitlist: v.nullish(v.boolean()),
  custom_fields_meta: v.nullish(customMeta),
  timestamps: ignored,
})
export type SessionBody = v.InferOutput<typeof SessionBody>

/** Relation → what clears it when a body says null. */
export const sessionNullMeans = {
  external_ids: [],
  session_tracks: [],
  session_roles: [],
  speakers: [],
}

const text = v.string()
const texts = v.array(text)
export const RoleAnswer = v.object({
  session_role_id: text,
  session_role_name: text,
  people_list: texts,
})
export const SessionAnswer = v.object({
  session_id: text,
  external_ids: externalIdsSchema,
  session_name: text,
  session_description: text,
  session_date: text,
  session_start_time: text,
  session_end_time: text,
  session_end_date: text,
  session_tracks: texts,
  external_links: v.array(v.object({ link_name: text, link_url: text })),
  docs: texts,
  session_roles: v.array(RoleAnswer),
  session_status: v.picklist(statuses),
  session_subtitle: text,
  session_language: v.nullable(text),
  room_id: v.nullable(text),
  session_format: v.picklist(formats),
  location: text,
  capacity: v.nullable(v.number()),
  waitlist: v.boolean(),
  custom_fields_meta: CustomAnswer,
  timestamps: stampsSchema,
})
export const SessionsAnswer = v.object({
  query_string: text,
  ...countedEntries,
  session_list: v.array(SessionAnswer),
})
export const BriefSessionAnswer = v.object({
  session_id: text,
  external_ids: externalIdsSchema,
  session_name: text,
  session_date: text,
  session_start_time: text,
  session_end_time: text,
  timestamps: stampsSchema,
})

/** The session as a body spells it: what a merge patch is laid onto. */
export const sessionPatchTarget = (view: Presentation, loaded: LoadedSession) => ({
  ...printOwn(loaded.session),
  room_id: printRoom(view, loaded),
  // Where the times say it, it follows them when they change.
  session_end_date: sayableEnd(loaded.session),
  custom_fields_meta: printCustom(view, loaded),
})

const printOwn = (session: Session) => ({
  session_name: session.name,
  session_description: session.description,
  ...printTimes(session),
  external_links: session.links.map(({ name, url }) => ({ link_name: name, link_url: url })),
  docs: session.docs,
  session_status: session.status ?? 'SCHEDULED',
  session_subtitle: session.subtitle ?? '',
  session_language: session.language ?? null,
  session_format: session.format,
  location: session.location,
  capacity: session.capacity ?? null,
  waitlist: session.waitlist ?? false,
})

/** A room that is being deleted is shown no more. */
const printRoom = (view: Presentation, { session: { roomId }, included }: LoadedSession) =>
  roomId === undefined || included.deleting.has(roomId)
    ? null
    : printedReference(view, roomId, included.rooms)

const printCustom = (view: Presentation, { session, included }: LoadedSession) =>
  visibleValues(session.custom, included.fields, (field) => printedId(view, field))

export const printSession = (view: Presentation, loaded: LoadedSession) => {
  const { session, included } = loaded
  return {
    ...printNamed(view, session),
    ...printOwn(session),
    session_end_date: endDateOf(session),
    room_id: printRoom(view, loaded),
    session_tracks: session.trackIds
      .filter((id) => !included.deleting.has(id))
      .map((id) => printedReference(view, id, included.tracks)),
    session_roles: printRoles(view, loaded),
    custom_fields_meta: printCustom(view, loaded),
    timestamps: printStamps(view, session),
  }
}

/** What the list of a track tells of a session. */
export const printBrief = (view: Presentation, session: Session) => ({
  ...printNamed(view, session),
  session_name: session.name,
  ...printTimes(session),
  timestamps: printStamps(view, session),
})

/** Roles that somebody has, with the people in the order given. */
const printRoles = (view: Presentation, { session, included }: LoadedSession) =>
  roles.flatMap(({ id, name }) => {
    const holders = (session.roles[id] ?? []).filter((person) => !included.deleting.has(person))
    if (holders.length === 0) return []
    const people_list = holders.map((person) => printedReference(view, person, included.people))
    return { session_role_id: id, session_role_name: name, people_list }
  })

const printNamed = (view: Presentation, session: Session) => ({
  session_id: printedId(view, session),
  external_ids: printExternalIds(session.id, session.externalIds),
})

const printTimes = ({ date: session_date, start, end }: Session) => ({
  session_date,
  session_start_time: start.replace(':', '-'),
  session_end_time: end.replace(':', '-'),
})
