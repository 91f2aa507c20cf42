import { ApiError } from '#lib/base/errors.ts'
import type { Instant } from '#lib/base/time.ts'
import { type Meeting, type MeetingStatus, otherOf } from './meeting.ts'

/** What a request wants of a meeting; what it leaves out stays. */
export type Wanted = {
  status?: MeetingStatus | undefined
  start?: Instant | undefined
  end?: Instant | undefined
  note?: string | undefined
}
type Changed = Omit<Meeting, 'updatedAt' | 'vr'>

/**
 * The meeting as one of the two wants it, or undefined when it is so already. Only the receiver accepts or
 * declines; the sender cancels a request, either of them a booked meeting. Whoever moves a meeting becomes its
 * sender, and the other has to accept anew. What was declined or cancelled stays so.
 */
export function changed(meeting: Meeting, me: string, wanted: Wanted): Changed | undefined {
  const { status = meeting.status, start = meeting.start, end = meeting.end } = wanted
  const moves = start !== meeting.start || end !== meeting.end
  const note = wanted.note ?? meeting.note
  if (!moves && status === meeting.status) return noted(meeting, me, note)
  if (meeting.status === 'DECLINED' || meeting.status === 'CANCEL') refuse()
  if (moves && status !== meeting.status && status !== 'CREATED') {
    const message = 'Send a status or other times, not both.'
    throw new ApiError('invalid_body', { field: 'status', message })
  }
  const next = { ...meeting, note, sequence: meeting.sequence + 1 }
  if (moves) {
    return { ...next, start, end, status: 'CREATED', sender: me, receiver: otherOf(meeting, me) }
  }
  if (!mayTurn(meeting, me, status)) refuse()
  return { ...next, status, ...(status === 'DECLINED' && { rejectedBy: me }) }
}

function mayTurn({ status, sender, receiver }: Meeting, me: string, to: MeetingStatus): boolean {
  if (to === 'CANCEL') return status === 'BOOKED' || sender === me
  return status === 'CREATED' && receiver === me && (to === 'BOOKED' || to === 'DECLINED')
}

/** The note is the sender's. */
function noted(meeting: Meeting, me: string, note: string): Changed | undefined {
  if (note === meeting.note) return undefined
  if (meeting.sender !== me) refuse()
  return { ...meeting, note }
}

function refuse(): never {
  throw new ApiError('meeting_state')
}
