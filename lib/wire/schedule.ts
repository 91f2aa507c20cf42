import { formatMillis, type Instant, instantToLocal, toUnix } from '#lib/base/time.ts'
import type { Event } from '#lib/model/event.ts'
import type {
  AccessGroup,
  GroupUser,
  KeptLog,
  ListedLog,
  ListedUser,
  Membership,
  Schedule,
  ScheduleDetail,
} from '#lib/model/schedule.ts'
import { personalOf, productDescription } from '#lib/model/schedule-rules.ts'
import type { Presentation } from './presentation.ts'

/** For whom something is printed: keys and access tokens only for those who may see them. */
export type Reader = { event: Event; keys: boolean }
type OfEvent = Pick<Reader, 'event'>

const printMillis = (view: Presentation, instant: Instant): string | number =>
  view.format === 'integer' ? toUnix(instant) : formatMillis(instant, view.zone)
const orNull = (view: Presentation, instant: Instant | undefined) =>
  instant === undefined ? null : printMillis(view, instant)

/** A schedule without its groups, in the order of the document. */
function printRow(view: Presentation, { event }: OfEvent, value: Schedule) {
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

export const printSchedule = (reader: OfEvent) => (view: Presentation, schedule: Schedule) => ({
  guid: schedule.guid,
  ...printRow(view, reader, schedule),
})

/** A schedule with its groups, and in each of them its users. */
export const printDetail =
  (reader: Reader) =>
  (view: Presentation, { schedule, groups, users, people }: ScheduleDetail) => {
    const members = Map.groupBy(users, ({ group }) => group)
    return {
      ...printRow(view, reader, schedule),
      event_groups: groups.map((group) => ({
        ...printAccessGroup(reader)(view, group),
        event_group_users: (members.get(group.id) ?? []).map((user) =>
          printMember(view, user, reader.keys, people),
        ),
      })),
    }
  }

/** The row of an access group; its chat room is the group's own, its case the event. */
export const printAccessGroup =
  ({ event, keys }: Reader) =>
  (view: Presentation, value: AccessGroup) => ({
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
  people: ReadonlyMap<string, number>,
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

export const printUser = (view: Presentation, { user, people }: ListedUser) => ({
  id: user.id,
  user_id: people.get(user.email) ?? null,
  email: user.email,
  name: user.name ?? null,
  invited_at: printMillis(view, user.invitedAt),
})

export const printGroupUser =
  ({ keys }: Reader) =>
  (_: Presentation, { user, group }: Membership) => ({
    eventGroupUser: {
      id: user.id,
      email: user.email,
      productDescription: productDescription(user),
      eventGroup: { id: group.id, ...(keys && { access_key: group.accessKey }) },
    },
  })

export const printEventGroup =
  ({ event, keys }: Reader) =>
  (_: Presentation, group: AccessGroup) => ({
    eventGroup: {
      id: group.id,
      ...(keys && { accessKey: group.accessKey }),
      productDescription: productDescription(group),
      event: { id: event.number, title: event.name },
    },
  })

/** A log as its poster gets it: in UTC, whatever the event's zone. */
export const printEventLog =
  ({ event, keys }: Reader) =>
  (view: Presentation, log: KeptLog) => ({
    eventLog: {
      id: log.id,
      guid: log.schedule.guid,
      email: log.user.email,
      timeIn: printUtc(view, log.timeIn),
      timeOut: printUtc(view, log.timeOut),
      eventGroup: { id: log.user.group, ...(keys && { accessKey: log.group?.accessKey ?? '' }) },
      event: { id: event.number, title: event.name },
    },
  })

/** A row of the log list. */
export function printLog(
  view: Presentation,
  { event }: OfEvent,
  { schedule, log, user, group, people }: ListedLog,
) {
  const personal = user?.erased ? {} : personalOf(log, view.at)
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
