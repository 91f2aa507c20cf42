import type { Instant } from '#lib/base/time.ts'

export const meetingStatuses = ['CREATED', 'BOOKED', 'DECLINED', 'CANCEL'] as const
export type MeetingStatus = (typeof meetingStatuses)[number]

/** A meeting of two, kept equally under both. The sender proposed the present time; the receiver answers. */
export type Meeting = {
  id: string
  sender: string
  receiver: string
  start: Instant
  end: Instant
  note: string
  status: MeetingStatus
  rejectedBy: string
  /** Counts the changes of time and status, as calendars want to know. */
  sequence: number
  createdAt: Instant
  updatedAt: Instant
  vr: number
}

export const otherOf = ({ sender, receiver }: Pick<Meeting, 'sender' | 'receiver'>, me: string) =>
  sender === me ? receiver : sender
