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

/** Values of a log that say who or where somebody was: removed after some days. */
export type Personal = {
  ip?: string | undefined
  location?: string | undefined
  agent?: string | undefined
}

/** One presence of a group user, [timeIn, timeOut). */
export type UsageLog = Personal & {
  sk: string
  id: number
  user: number
  timeIn: Instant
  timeOut: Instant
  createdAt: Instant
}
