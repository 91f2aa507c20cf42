import * as v from 'valibot'

/** What the routes of schedules answer, as the reference shows it: null where the document has null. */
const text = v.string()
const number = v.number()
const truth = v.boolean()
const nothing = v.null()
const instant = v.union([text, number])
const maybeInstant = v.nullable(instant)

const row = {
  id: number,
  event_schedule_id: nothing,
  event_id: number,
  starts_at: instant,
  ends_at: maybeInstant,
  display_start_time: nothing,
  display_end_time: nothing,
  legacy_class: nothing,
  legacy_id: nothing,
  created_at: instant,
  updated_at: instant,
  starting_time: text,
  starting_date: text,
  status: text,
  on_demand_url: text,
  speche_guid: nothing,
}

const member = v.object({
  user_group_id: number,
  id: number,
  user_id: v.nullable(number),
  user_email: text,
  is_text: truth,
  is_video: truth,
  is_chat: truth,
  is_disallow_transcript_save: nothing,
  product_description: text,
  created_at: instant,
  updated_at: instant,
  is_cameo: truth,
  access_token: v.optional(text),
  invited_at: maybeInstant,
  first_invited_at: maybeInstant,
})

const group = {
  id: number,
  scheduler_case_id: number,
  event_id: number,
  user_group_chatroom_id: number,
  name: text,
  access_key: v.optional(text),
  is_text: truth,
  is_video: truth,
  is_chat: truth,
  is_disallow_transcript_save: truth,
  is_on_demand_available: truth,
  product_description: text,
  deleted_at: nothing,
  legacy_case_group_id: nothing,
  created_at: instant,
  updated_at: instant,
  is_cameo: truth,
}

export const ScheduleAnswer = v.object({ guid: text, ...row })
export const CurrentAnswer = v.object({ event_schedule: ScheduleAnswer })
export const AccessGroupAnswer = v.object(group)
export const DetailAnswer = v.object({
  ...row,
  event_groups: v.array(v.object({ ...group, event_group_users: v.array(member) })),
})

export const UserAnswer = v.object({
  id: number,
  user_id: v.nullable(number),
  email: text,
  name: v.nullable(text),
  invited_at: maybeInstant,
})

export const GroupUserAnswer = v.object({
  eventGroupUser: v.object({
    id: number,
    email: text,
    productDescription: text,
    eventGroup: v.object({ id: number, access_key: v.optional(text) }),
  }),
})

const event = v.object({ id: number, title: text })

export const EventGroupAnswer = v.object({
  eventGroup: v.object({
    id: number,
    accessKey: v.optional(text),
    productDescription: text,
    event,
  }),
})

const eventLog = v.object({
  id: number,
  guid: text,
  email: text,
  timeIn: instant,
  timeOut: instant,
  eventGroup: v.object({ id: number, accessKey: v.optional(text) }),
  event,
})
export const EventLogAnswer = v.object({ eventLog })

export const LogAnswer = v.object({
  id: number,
  event_group_id: nothing,
  event_schedule_id: number,
  user_id: v.nullable(number),
  time_in: instant,
  time_out: instant,
  ip_address: text,
  event_id: number,
  session_id: nothing,
  billable: nothing,
  admin_logged_out: nothing,
  legacy_class: nothing,
  live_note_user_id: nothing,
  legacy_id: nothing,
  created_at: instant,
  updated_at: instant,
  product_description: text,
  user_group_id: number,
  user_group_name: text,
  user_email: text,
  user_group_user_id: text,
  data_source: nothing,
  user_agent: text,
  ip_location: text,
})

const fault = v.object({ field: text, message: text })
export const BulkAnswer = v.array(
  v.object({
    index: number,
    status: number,
    eventLog: v.optional(eventLog),
    error: v.optional(
      v.object({ code: number, message: text, fields: text, errors: v.array(fault) }),
    ),
  }),
)

const figures = { seconds: number, logs: number }
const bounds = { first_in: instant, last_out: instant }

export const UsageAnswer = v.object({
  event_schedule_id: number,
  event_id: number,
  total: v.object({ ...figures, users: number, first_in: maybeInstant, last_out: maybeInstant }),
  groups: v.array(
    v.object({ event_group_id: number, name: text, ...figures, users: number, ...bounds }),
  ),
  users: v.array(
    v.object({
      event_group_user_id: number,
      email: text,
      name: v.nullable(text),
      event_group_id: number,
      ...figures,
      ...bounds,
    }),
  ),
  concurrency_minutes: number,
  concurrency: v.array(v.object({ minute: instant, users: number })),
})
