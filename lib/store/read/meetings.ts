import { type Instant, millisOf, nowMillis } from '#lib/base/time.ts'
import { type Meeting, type MeetingStatus, otherOf } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findMany } from './references.ts'

/** A meeting with whoever it is with. */
export type LoadedMeeting = { meeting: Meeting; other: Person }

export type MeetingFilter = { status?: MeetingStatus | undefined; upcoming?: boolean | undefined }

/** All meetings of a person in order of start; those with somebody who is gone are not there. */
export async function meetingsOf(
  scope: EventScope,
  person: string,
  { status, upcoming }: MeetingFilter = {},
): Promise<LoadedMeeting[]> {
  const rows = await meetingRows(scope, person)
  const wanted = rows
    .filter((meeting) => status === undefined || meeting.status === status)
    .filter(({ end }) => upcoming === undefined || millisOf(end) > nowMillis() === upcoming)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const others = await findMany(
    scope,
    'person',
    wanted.map((meeting) => otherOf(meeting, person)),
  )
  return wanted.flatMap((meeting) => {
    const other = others.get(otherOf(meeting, person))
    return other ? [{ meeting, other }] : []
  })
}

export const meetingRows = (scope: EventScope, person: string): Promise<Meeting[]> =>
  queryRows<Meeting>(scope, { pk: keys.relations(scope, person), from: 'W#', to: 'W#~' })

/** What meetings are in order of: start, then id. */
export const orderOf = ({ start, id }: Pick<Meeting, 'start' | 'id'>): string => `${start}#${id}`

export type Appointment = {
  id: string
  start: Instant
  end: Instant
  title: string
  note: string
  updatedAt: Instant
  sequence: number
}

/** What a person's calendar holds beside their sessions. */
export async function bookedMeetings(scope: EventScope, person: string): Promise<Appointment[]> {
  const booked = await meetingsOf(scope, person, { status: 'BOOKED' })
  return booked.map(({ meeting, other }) => {
    const { id, start, end, note, updatedAt, sequence } = meeting
    const title = `Meeting with ${`${other.firstName} ${other.lastName}`.trim() || 'another guest'}`
    return { id, start, end, title, note, updatedAt, sequence }
  })
}
