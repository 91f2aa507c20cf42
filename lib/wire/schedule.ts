import { formatMillis, type Instant, instantToLocal, toUnix } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type { AccessGroup, GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { productDescription } from '#lib/model/schedule-rules.ts'
import { personalOf } from '#lib/store/jobs/personal-logs.ts'
import type { Logged } from '#lib/store/write/usage-logs.ts'
import type { Presentation } from './presentation.ts'

/** For whom something is printed: keys and access tokens only for those who may see them (threats T26). */
export type Reader = { event: Event; keys: boolean }
export type Placed<T> = Reader & { value: T }

const printMillis = (view: Presentation, instant: Instant): string | number =>
  view.format === 'integer' ? toUnix(instant) : formatMillis(instant, view.zone)
const orNull = (view: Presentation, instant: Instant | undefined) =>
  instant === undefined ? null : printMillis(view, instant)

/** A schedule without its groups, in the order of the document. */
function printRow(view: Presentation, { event, value }: Pick<Placed<Schedule>, 'event' | 'value'>) {
  const { date, time } = instantToLocal(value.startsAt, event.dates.zone)
  const [year, month, day] = date.split('-')
  return {
    id: value.id,
    event_schedule_id: null,
    event_id: event.number,
    starts_at: printMillis(view, value.startsAt),
    ends_at: orNull(view, value.endsAt),
    display_start_time: null,
    display_end_time: null,
    legacy_class: null,
    legacy_id: null,
    created_at: printMillis(view, value.createdAt),
    updated_at: printMillis(view, value.updatedAt),
    starting_time: twelveHours(time),
    starting_date: `${month}/${day}/${year}`,
    status: value.status,
    on_demand_url: value.onDemandUrl,
    speche_guid: null,
  }
}

export const printSchedule = (
  view: Presentation,
  placed: Pick<Placed<Schedule>, 'event' | 'value'>,
) => ({
  guid: placed.value.guid,
  ...printRow(view, placed),
})

export type Detail = {
  schedule: Schedule
  groups: AccessGroup[]
  users: GroupUser[]
  people: Map<string, number>
}

/** A schedule with its groups, and in each of them its users. */
export function printDetail(view: Presentation, { value, ...reader }: Placed<Detail>) {
  const users = Map.groupBy(value.users, ({ group }) => group)
  return {
    ...printRow(view, { event: reader.event, value: value.schedule }),
    event_groups: value.groups.map((group) => ({
      ...printGroup(view, { ...reader, value: group }),
      event_group_users: (users.get(group.id) ?? []).map((user) =>
        printMember(view, user, reader.keys, value.people),
      ),
    })),
  }
}

/** The row of an access group; its chat room is the group's own, its case the event. */
export const printGroup = (view: Presentation, { event, keys, value }: Placed<AccessGroup>) => ({
  id: value.id,
  scheduler_case_id: event.number,
  event_id: event.number,
  user_group_chatroom_id: value.id,
  name: value.name,
  ...(keys && { access_key: value.accessKey }),
  is_text: value.isText,
  is_video: value.isVideo,
  is_chat: value.isChat,
  is_disallow_transcript_save: value.isDisallowTranscriptSave,
  is_on_demand_available: value.isOnDemandAvailable,
  product_description: productDescription(value),
  deleted_at: null,
  legacy_case_group_id: null,
  created_at: printMillis(view, value.createdAt),
  updated_at: printMillis(view, value.updatedAt),
  is_cameo: value.isCameo,
})

function printMember(
  view: Presentation,
  user: GroupUser,
  keys: boolean,
  people: Map<string, number>,
) {
  return {
    user_group_id: user.group,
    id: user.id,
    user_id: people.get(user.email) ?? null,
    user_email: user.email,
    is_text: user.isText,
    is_video: user.isVideo,
    is_chat: user.isChat,
    is_disallow_transcript_save: null,
    product_description: productDescription(user),
    created_at: printMillis(view, user.createdAt),
    updated_at: printMillis(view, user.updatedAt),
    is_cameo: user.isCameo,
    ...(keys && { access_token: user.accessToken }),
    invited_at: printMillis(view, user.invitedAt),
    first_invited_at: printMillis(view, user.firstInvitedAt),
  }
}

export const printUser = (view: Presentation, user: GroupUser, people: Map<string, number>) => ({
  id: user.id,
  user_id: people.get(user.email) ?? null,
  email: user.email,
  name: user.name ?? null,
  invited_at: printMillis(view, user.invitedAt),
})

type Membership = { user: GroupUser; group: AccessGroup }

export const printGroupUser = (_: Presentation, { keys, value }: Placed<Membership>) => ({
  eventGroupUser: {
    id: value.user.id,
    email: value.user.email,
    productDescription: productDescription(value.user),
    eventGroup: { id: value.group.id, ...(keys && { access_key: value.group.accessKey }) },
  },
})

export const printEventGroup = (_: Presentation, { event, keys, value }: Placed<AccessGroup>) => ({
  eventGroup: {
    id: value.id,
    ...(keys && { accessKey: value.accessKey }),
    productDescription: productDescription(value),
    event: { id: event.number, title: event.name },
  },
})

export type Written = { schedule: Schedule; group: AccessGroup | undefined; log: Logged }

/** A log as its poster gets it: in UTC, whatever the event's zone. */
export const printEventLog = (view: Presentation, { event, keys, value }: Placed<Written>) => ({
  eventLog: {
    id: value.log.id,
    guid: value.schedule.guid,
    email: value.log.user.email,
    timeIn: printUtc(view, value.log.timeIn),
    timeOut: printUtc(view, value.log.timeOut),
    eventGroup: {
      id: value.log.user.group,
      ...(keys && { accessKey: value.group?.accessKey ?? '' }),
    },
    event: { id: event.number, title: event.name },
  },
})

export type Read = {
  schedule: number
  log: UsageLog
  user: GroupUser | undefined
  group: AccessGroup | undefined
  people: Map<string, number>
}

/** A row of the log list. */
export function printLog(
  view: Presentation,
  event: Event,
  { schedule, log, user, group, people }: Read,
) {
  const personal = user?.erased ? {} : personalOf(log)
  return {
    id: log.id,
    event_group_id: null,
    event_schedule_id: schedule,
    user_id: people.get(user?.email ?? '') ?? null,
    time_in: printMillis(view, log.timeIn),
    time_out: printMillis(view, log.timeOut),
    ip_address: personal.ip ?? '',
    event_id: event.number,
    session_id: null,
    billable: null,
    admin_logged_out: null,
    legacy_class: null,
    live_note_user_id: null,
    legacy_id: null,
    created_at: printMillis(view, log.createdAt),
    updated_at: printMillis(view, log.createdAt),
    product_description: user ? productDescription(user) : '',
    user_group_id: user?.group ?? 0,
    user_group_name: group?.name ?? '',
    user_email: user?.email ?? '',
    user_group_user_id: String(log.user),
    data_source: null,
    user_agent: personal.agent ?? '',
    ip_location: personal.location ?? '',
  }
}

/** `2015-09-09T12:00:00Z`, with milliseconds only where there are some. */
function printUtc(view: Presentation, instant: Instant): string | number {
  return view.format === 'integer' ? toUnix(instant) : instant.replace('.000Z', 'Z')
}

function twelveHours(time: string): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const half = hour < 12 ? 'AM' : 'PM'
  return `${hour % 12 || 12}:${String(minute).padStart(2, '0')} ${half}`
}
