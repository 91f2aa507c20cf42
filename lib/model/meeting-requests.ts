import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { millisOf } from '#lib/base/time.ts'
import { isOpen, type Meeting } from './meeting.ts'

/** An open request as it stands with its sender: to whom, and when its time is over (milliseconds since 1970). */
export type SentRequest = { to: string; end: number }

/**
 * The open requests of a person. `sent` holds their own, under `vr`; `ct` counts those of others. What ended without an
 * answer stays until a limit is met: then all is counted anew, under `moves`, which every write counts up.
 */
export type MeetingRequests = {
  sent: Record<string, SentRequest>
  ct: number
  /** Meetings ever asked for. */
  all: number
  vr: number
  moves: number
  /** When it was counted, in milliseconds since 1970. */
  counted: number
}

/** What the rows of a person's meetings come to. */
export function countedRequests(
  person: string,
  meetings: Meeting[],
  gone: ReadonlySet<string>,
  at: number,
): Pick<MeetingRequests, 'sent' | 'ct' | 'all'> {
  const mine = meetings.filter(({ sender }) => sender === person)
  const open = meetings.filter(
    (one) =>
      one.end !== undefined && isOpen(one, at) && !gone.has(one.sender) && !gone.has(one.receiver),
  )
  const sent = open.filter(({ sender }) => sender === person)
  return {
    sent: Object.fromEntries(sent.map((one) => [one.id, sentRequest(one)])),
    ct: open.length - sent.length,
    all: mine.length,
  }
}

export const sentRequest = ({ receiver, end }: Pick<Meeting, 'receiver' | 'end'>): SentRequest => ({
  to: receiver,
  end: millisOf(end),
})

/** Why the sender cannot have one more open request to that person; undefined when they can. */
export function tooManySent(
  { sent, all }: MeetingRequests,
  { id, receiver }: Pick<Meeting, 'id' | 'receiver'>,
  isNew: boolean,
  at: number,
): ApiError | undefined {
  const open = Object.entries(sent).filter(([one, { end }]) => one !== id && end > at)
  if (isNew && all >= limits.meetingsSent.value) {
    return tooMany(
      `You have asked for ${limits.meetingsSent.value} meetings: nobody may ask for more.`,
    )
  }
  if (open.filter(([, { to }]) => to === receiver).length >= limits.requestsToOne.value) {
    return tooMany(
      `You have ${limits.requestsToOne.value} open requests to this person: wait for an answer, or take one back.`,
    )
  }
  if (open.length < limits.requestsOpen.value) return undefined
  return tooMany(
    `You have ${limits.requestsOpen.value} open requests: wait for answers, or take some back.`,
  )
}

/** Why nobody can ask this person at present; undefined when they can be asked. */
export const tooManyWaiting = ({ ct }: MeetingRequests): ApiError | undefined =>
  ct < limits.requestsToAnswer.value
    ? undefined
    : tooMany(
        `This person has ${limits.requestsToAnswer.value} requests to answer: try again later.`,
      )

const tooMany = (message: string): ApiError => new ApiError('too_many_meetings', { message })
