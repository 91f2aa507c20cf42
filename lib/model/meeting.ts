import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, millisOf, nowMillis } from '#lib/base/time.ts'

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

/** What meetings are in order of: start, then id. */
export const orderOf = ({ start, id }: Pick<Meeting, 'start' | 'id'>): string => `${start}#${id}`

/** What a request wants of a meeting; what it leaves out stays. */
export type WantedMeeting = {
  status?: MeetingStatus | undefined
  start?: Instant | undefined
  end?: Instant | undefined
  note?: string | undefined
}
export type ChangedMeeting = Omit<Meeting, 'updatedAt' | 'vr'>

/**
 * The meeting as one of the two wants it, or undefined when it is so already. Only the receiver accepts or
 * declines; the sender cancels a request, either of them a booked meeting. Whoever moves a meeting becomes its
 * sender, and the other has to accept anew. What was declined or cancelled stays so.
 */
export function changedMeeting(
  meeting: Meeting,
  me: string,
  wanted: WantedMeeting,
): ChangedMeeting | undefined {
  const { status = meeting.status, start = meeting.start, end = meeting.end } = wanted
  const moves = start !== meeting.start || end !== meeting.end
  const note = wanted.note ?? meeting.note
  if (!moves && status === meeting.status) return noted(meeting, me, note)
  if (isOff(meeting)) refuse()
  if (moves && status !== meeting.status && status !== 'CREATED') {
    const message = 'Send a status or other times, not both.'
    throw new ApiError('invalid_body', { field: 'status', message })
  }
  const next = { ...meeting, note, sequence: meeting.sequence + 1 }
  if (moves) {
    return { ...next, start, end, status: 'CREATED', sender: me, receiver: otherOf(meeting, me) }
  }
  if (!mayTurn(meeting, me, status)) refuse()
  // Whoever takes a request back takes its text along: lists of others are no place to leave it in.
  const withdrawn = meeting.status === 'CREATED' && status === 'CANCEL'
  return {
    ...next,
    status,
    ...(withdrawn && { note: '' }),
    ...(status === 'DECLINED' && { rejectedBy: me }),
  }
}

/**
 * Whether a change says anything new to the other: that is asking once more, which they must be willing to be. Only
 * whoever answers an open request of theirs may propose other times whatever the other takes.
 */
export function asksAnew(before: Meeting, after: ChangedMeeting, me: string): boolean {
  const says = after.start !== before.start || after.end !== before.end
  const answers = before.status === 'CREATED' && before.receiver === me
  return !answers && (says || (after.note !== before.note && after.note !== ''))
}

/** Waits for an answer: what lies behind needs none any more. */
export const isOpen = ({ status, end }: Pick<Meeting, 'status' | 'end'>, at: number): boolean =>
  status === 'CREATED' && millisOf(end) > at

const isOff = ({ status }: Meeting): boolean => status === 'DECLINED' || status === 'CANCEL'

function mayTurn({ status, sender, receiver }: Meeting, me: string, to: MeetingStatus): boolean {
  if (to === 'CANCEL') return status === 'BOOKED' || sender === me
  return status === 'CREATED' && receiver === me && (to === 'BOOKED' || to === 'DECLINED')
}

/** Refuses times that are none to meet at: milliseconds since 1970. */
export function checkTimes({ from, to }: { from: number; to: number }): void {
  const wrong = (field: string, message: string) => new ApiError('invalid_time', { field, message })
  if (to <= from) throw wrong('meetingEndTime', 'Must be later than meetingStartTime.')
  if (to - from > limits.meetingMinutes.value * 60_000)
    throw wrong('meetingEndTime', `At most ${limits.meetingMinutes.value} minutes.`)
  if (from < nowMillis()) throw wrong('meetingStartTime', 'Must not lie in the past.')
}

/** The note is the sender's, until the meeting is off. */
function noted(meeting: Meeting, me: string, note: string): ChangedMeeting | undefined {
  if (note === meeting.note) return undefined
  if (meeting.sender !== me || isOff(meeting)) refuse()
  return { ...meeting, note }
}

function refuse(): never {
  throw new ApiError('meeting_state')
}
