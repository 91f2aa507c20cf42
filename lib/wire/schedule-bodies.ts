import { isIP } from 'node:net'
import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, email, httpUrl, nameText, textOf } from '#lib/base/text.ts'
import { parseInstant } from '#lib/base/time.ts'
import type {
  AccessGroupFields,
  Invitation,
  Schedule,
  ScheduleFields,
} from '#lib/model/schedule.ts'
import { ignored, instantProblem } from './fields.ts'

/** What routes say whose body is `fromQuery` and `form`. */
export const anyPlace =
  'The fields may come as JSON, as a form or as query parameters; the body goes before the query.'

/** An instant with a zone: what has none, 24:00 and leap seconds are refused. */
const instant = textOf('ISO 8601 date and time with seconds and an offset or Z.', (given) => {
  const text = parseInstant(given.trim())
  return text === undefined ? { problem: instantProblem(given.trim()) } : { text }
})

/** Truth as JSON, queries and forms write it. */
const flag = blankAsAbsent(
  v.pipe(
    v.union(
      [v.boolean(), v.picklist(['true', 'false', '1', '0']), v.picklist([0, 1])],
      'Expected true or false.',
    ),
    v.transform((sent) => sent === true || sent === 'true' || sent === '1' || sent === 1),
  ),
)

const numberId = v.pipe(
  v.union(
    [
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9_999_999_999)),
      v.pipe(v.string(), v.regex(/^\d{1,10}$/)),
    ],
    'Expected a whole number.',
  ),
  v.transform(Number),
)

export const userNumber = v.pipe(
  v.string(),
  v.regex(/^\d{1,10}$/, 'Expected a whole number.'),
  v.transform(Number),
)

export const ScheduleBody = v.pipe(
  v.strictObject({
    starts_at: instant,
    ends_at: blankAsAbsent(instant),
    status: blankAsAbsent(nameText(limits.scheduleStatusLength.value)),
    on_demand_url: blankAsAbsent(httpUrl),
    id: v.optional(v.number()),
    guid: v.optional(v.string()),
    event_schedule_id: ignored,
    event_id: ignored,
    display_start_time: ignored,
    display_end_time: ignored,
    legacy_class: ignored,
    legacy_id: ignored,
    created_at: ignored,
    updated_at: ignored,
    starting_time: ignored,
    starting_date: ignored,
    speche_guid: ignored,
    event_groups: ignored,
  }),
  v.forward(
    v.check(
      ({ starts_at: start, ends_at: end }) => end === undefined || end > start,
      'Must be after starts_at.',
    ),
    ['ends_at'],
  ),
)
export type ScheduleBody = v.InferOutput<typeof ScheduleBody>

export const scheduleFields = (body: ScheduleBody): ScheduleFields => ({
  startsAt: body.starts_at,
  endsAt: body.ends_at,
  status: body.status ?? 'Active',
  onDemandUrl: body.on_demand_url ?? '',
})

/** The schedule's own fields as a body spells them: what a merge patch is laid onto. */
export const schedulePatchTarget = (schedule: Schedule) => ({
  starts_at: schedule.startsAt,
  ends_at: schedule.endsAt ?? null,
  status: schedule.status,
  on_demand_url: schedule.onDemandUrl,
})

const accessFlags = { is_text: flag, is_video: flag, is_chat: flag }

export const AccessGroupBody = v.strictObject({
  name: nameText(limits.nameLength.value),
  ...accessFlags,
  is_disallow_transcript_save: flag,
  is_on_demand_available: flag,
  is_cameo: flag,
  id: ignored,
  scheduler_case_id: ignored,
  event_id: ignored,
  user_group_chatroom_id: ignored,
  access_key: ignored,
  product_description: ignored,
  deleted_at: ignored,
  legacy_case_group_id: ignored,
  created_at: ignored,
  updated_at: ignored,
  event_group_users: ignored,
})

/** A group for which nothing is said shows the video. */
export function accessGroupFields(body: v.InferOutput<typeof AccessGroupBody>): AccessGroupFields {
  const { is_text: text, is_video: video, is_chat: chat } = body
  const unsaid = text === undefined && video === undefined && chat === undefined
  return {
    name: body.name,
    isText: text ?? false,
    isVideo: video ?? unsaid,
    isChat: chat ?? false,
    isDisallowTranscriptSave: body.is_disallow_transcript_save ?? false,
    isOnDemandAvailable: body.is_on_demand_available ?? false,
    isCameo: body.is_cameo ?? false,
  }
}

export const JoinBody = v.strictObject({
  email,
  name: blankAsAbsent(nameText(limits.scheduleUserName.value)),
  ...accessFlags,
})

/** Flags left out are left out here too: they become the group's. */
export const invitationOf = (body: v.InferOutput<typeof JoinBody>): Invitation => ({
  email: body.email,
  name: body.name,
  ...(body.is_text !== undefined && { isText: body.is_text }),
  ...(body.is_video !== undefined && { isVideo: body.is_video }),
  ...(body.is_chat !== undefined && { isChat: body.is_chat }),
})

const ipAddress = textOf('IPv4 or IPv6 address.', (given) =>
  isIP(given.trim()) > 0 ? { text: given.trim() } : { problem: 'Expected an IP address.' },
)

export const LogBody = v.strictObject({
  event_group_user_id: numberId,
  time_in: instant,
  time_out: instant,
  ip_address: blankAsAbsent(ipAddress),
  ip_location: blankAsAbsent(nameText(limits.locationLength.value)),
  user_agent: blankAsAbsent(nameText(limits.userAgentLength.value)),
  guid: v.optional(v.string()),
})
export type LogBody = v.InferOutput<typeof LogBody>

export const BulkBody = v.strictObject({
  logs: v.pipe(
    v.array(v.unknown(), 'Expected a list of logs.'),
    v.minLength(1, 'At least one log.'),
    v.maxLength(limits.logsPerCall.value, `At most ${limits.logsPerCall.value} logs.`),
  ),
})
