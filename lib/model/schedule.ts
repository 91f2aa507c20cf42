import type { Instant } from '#lib/base/time.ts'

/** When an event is on the air; has an integer id and a GUID of 32 hex digits. */
export type Schedule = {
  id: number
  guid: string
  startsAt: Instant
  endsAt?: Instant | undefined
  status: string
  onDemandUrl: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
}

export type ScheduleFields = Pick<Schedule, 'startsAt' | 'endsAt' | 'status' | 'onDemandUrl'>

/** What a group or a user of it gets to see of the event. */
export type Flags = {
  isText: boolean
  isVideo: boolean
  isChat: boolean
}

/** Whoever holds its key enters every schedule of the event with its flags. */
export type AccessGroup = Flags & {
  id: number
  name: string
  accessKey: string
  isDisallowTranscriptSave: boolean
  isOnDemandAvailable: boolean
  isCameo: boolean
  createdAt: Instant
  updatedAt: Instant
}

export type AccessGroupFields = Omit<AccessGroup, 'id' | 'accessKey' | 'createdAt' | 'updatedAt'>
/** Who is let into a group: flags that are not given are the group's. */
export type Invitation = { email: string; name?: string | undefined } & Partial<Flags>

/** An e-mail address in an access group; of an erased person only the id stays. */
export type GroupUser = Flags & {
  id: number
  group: number
  email: string
  name?: string | undefined
  accessToken: string
  isCameo: boolean
  invitedAt: Instant
  firstInvitedAt: Instant
  createdAt: Instant
  updatedAt: Instant
  erased?: true
}

export type Membership = { user: GroupUser; group: AccessGroup }

/** A schedule with all groups of its event, all their users, and the number of the person behind each address. */
export type ScheduleDetail = {
  schedule: Schedule
  groups: AccessGroup[]
  users: GroupUser[]
  people: ReadonlyMap<string, number>
}

/** Values of a log that say who or where somebody was: removed after some days. */
export type Personal = {
  ip?: string | undefined
  location?: string | undefined
  agent?: string | undefined
}

/** One stay of a group user, [timeIn, timeOut). */
export type UsageLog = Personal & {
  sk: string
  id: number
  user: number
  timeIn: Instant
  timeOut: Instant
  createdAt: Instant
}

type Stay = { user: GroupUser; timeIn: Instant; timeOut: Instant }
export type NewLog = Personal & Stay
/** A log as its poster sees it: the same for a repeated one. */
export type KeptLog = Stay & { id: number; schedule: Schedule; group: AccessGroup | undefined }

/** A user, and the numbers of people by their e-mail addresses. */
export type ListedUser = { user: GroupUser; people: ReadonlyMap<string, number> }

/** A log as the list of a schedule shows it. */
export type ListedLog = {
  schedule: number
  log: UsageLog
  user: GroupUser | undefined
  group: AccessGroup | undefined
  people: ReadonlyMap<string, number>
}
