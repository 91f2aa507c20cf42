import { plainNames } from '#lib/base/plain-kinds.ts'
import type { Instant } from '#lib/base/time.ts'

const objects = [
  ...plainNames,
  'event',
  'person',
  'group',
  'session',
  'track',
  'custom_field',
  'picture',
  'ticket_type',
  'schedule',
  'schedule_group',
  'webhook',
]

/**
 * Every type of change that a client may ask for, those of later versions among them: who asks for one early is told
 * nothing until it comes.
 */
const changeTypes: readonly string[] = [
  ...objects.flatMap((object) =>
    ['created', 'updated', 'deleted'].map((verb) => `${object}.${verb}`),
  ),
  'person.erased',
  'membership.added',
  'membership.removed',
  'attendance.added',
  'attendance.removed',
  'attendance.waitlisted',
  'attendance.promoted',
  'role.added',
  'role.removed',
  'ticket.issued',
  'ticket.removed',
  'schedule_user.invited',
  'schedule_user.updated',
  'schedule_user.removed',
  'usage_log.added',
  'connection.requested',
  'connection.accepted',
  'connection.rejected',
  'connection.removed',
  'meeting.requested',
  'meeting.booked',
  'meeting.declined',
  'meeting.cancelled',
  'meeting.moved',
  'networking.round_held',
  'checkin.entered',
  'checkin.left',
  'checkin.denied',
  'feed.interrupted',
]

/** Whose token made a change. The names of attendees' tokens are left out: they may name a person. */
export type Actor = { tokenId: string; name: string; role: string }

/** Ids of what else a change is about, as answers name them: `{ session_id, person_id }`. */
export type Note = Record<string, string | number>

/** One change as the feed holds it: names of fields and ids, never a value. */
export type Change = {
  /** 1, 2, 3 … in its event. */
  sequence: number
  /** The same however often the record behind it is read. */
  id: string
  type: string
  object: string
  objectId: string
  version: number
  /** Fields as answers spell them. */
  changed: string[]
  actor?: Actor
  requestId?: string
  occurredAt: Instant
  note: Note
}

/** Whether a change is of one of these types, `person.*` among them; all are when they are not said. */
export const isOfTypes = (
  { type }: Pick<Change, 'type'>,
  types: readonly string[] | undefined,
): boolean => types === undefined || types.some((one) => covers(one, type))

/** Whether a type, or all types that a pattern such as `person.*` or `*` stands for, is this one. */
const covers = (pattern: string, type: string): boolean =>
  pattern === '*' ||
  (pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type)

/** Whether a client may ask for it: a type that is known, or all types of one object. */
export const isTypePattern = (text: string): boolean =>
  changeTypes.some((type) => covers(text, type))
