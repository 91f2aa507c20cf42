import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { type Instant, millisOf, nowMillis } from '#lib/base/time.ts'
import { type Meeting, type MeetingStatus, orderOf, otherOf } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import { shownName } from '#lib/model/shown-name.ts'
import { findMany, findParts } from '#lib/store/find-many.ts'
import { keptRelations } from '#lib/store/relations-version.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { gonePeople } from './gone-people.ts'

type Parties = Pick<Meeting, 'sender' | 'receiver'>
/** A meeting with whoever it is with. */
export type LoadedMeeting = {
  meeting: Meeting
  other: Person
  /** The two by id; the one who asks is only read when the caller's system prints their id. */
  known: ReadonlyMap<string, Person>
}

export type MeetingFilter = { status?: MeetingStatus | undefined; upcoming?: boolean | undefined }

/** All meetings of a person in order of start; those with somebody who is gone are not there. */
export const meetingsOf = async (
  scope: EventScope,
  me: string,
  filter: MeetingFilter = {},
): Promise<LoadedMeeting[]> => withPeople(scope, me, await wantedRows(scope, me, filter))

/** What order and filters of a list go by, and when it is over in milliseconds since 1970. */
type Listed = Pick<Meeting, 'id' | 'sender' | 'receiver' | 'start' | 'status'> & { until: number }

/** A page of them: only the people of the page are read. */
export async function listMeetings(
  scope: EventScope,
  me: string,
  filter: MeetingFilter,
  wanted: PageWanted,
): Promise<Page<LoadedMeeting>> {
  const [all, gone] = await Promise.all([listedOf(scope, me), gonePeople(scope)])
  const isIn = isWanted(filter)
  const rows = all.filter((one) => isIn(one) && !gone.has(otherOf(one, me)))
  const found = pageOfList(rows, orderOf, wanted)
  const [meetings, known] = await Promise.all([
    getRows<Meeting>(
      scope,
      found.rows.map(({ id }) => keys.meeting(scope, me, id)),
    ),
    peopleOf(scope, me, found.rows),
  ])
  const listed = new Map(found.rows.map((one) => [one.id, orderOf(one) + one.status]))
  // Somebody may have answered or moved one in between.
  const same = meetings.filter((one) => listed.get(one.id) === orderOf(one) + one.status)
  return { ...found, rows: loaded(me, same, known) }
}

const listedOf = (scope: EventScope, me: string): Promise<Listed[]> =>
  keptRelations(scope, [me, 'W'], async () => {
    const only = ['id', 'sender', 'receiver', 'start', 'end', 'status']
    const read = await meetingRows(scope, me, only)
    const rows = read.map(({ id, sender, receiver, start, end, status }) => {
      return { id, sender, receiver, start, status, until: millisOf(end) }
    })
    return { rows: rows.sort(inOrder), of: read.length }
  })

/** Those with somebody who is gone are among them. */
async function wantedRows(scope: EventScope, me: string, filter: MeetingFilter) {
  const isIn = isWanted(filter)
  const rows = await meetingRows(scope, me)
  return rows.filter((one) => isIn({ ...one, until: millisOf(one.end) })).sort(inOrder)
}

function isWanted({ status, upcoming }: MeetingFilter) {
  const now = nowMillis()
  return (one: Listed): boolean =>
    (status === undefined || one.status === status) &&
    (upcoming === undefined || one.until > now === upcoming)
}

const inOrder = (a: Pick<Meeting, 'start' | 'id'>, b: Pick<Meeting, 'start' | 'id'>): number =>
  orderOf(a) < orderOf(b) ? -1 : 1

async function withPeople(
  scope: EventScope,
  me: string,
  meetings: Meeting[],
): Promise<LoadedMeeting[]> {
  return loaded(me, meetings, await peopleOf(scope, me, meetings))
}

const loaded = (me: string, meetings: Meeting[], known: Map<string, Person>): LoadedMeeting[] =>
  meetings.flatMap((meeting) => {
    const other = known.get(otherOf(meeting, me))
    return other ? [{ meeting, other, known }] : []
  })

/** A meeting of `me` and whoever it is with. */
export async function requireMeeting(
  scope: EventScope,
  me: string,
  id: string,
): Promise<LoadedMeeting> {
  const meeting = isId('meeting', id)
    ? await getRow<Meeting>(scope, keys.meeting(scope, me, id))
    : undefined
  if (!meeting) throw new ApiError('meeting_not_found')
  const known = await peopleOf(scope, me, [meeting])
  const other = known.get(otherOf(meeting, me))
  if (!other) throw new ApiError('meeting_not_found')
  return { meeting, other, known }
}

export const meetingRows = (
  scope: EventScope,
  person: string,
  only?: string[],
): Promise<Meeting[]> => {
  const range = { pk: keys.relations(scope, person), from: 'W#', to: 'W#~' }
  return queryRows<Meeting>(scope, { ...range, ...(only && { only }) })
}

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
  const booked = await wantedRows(scope, person, { status: 'BOOKED' })
  const others = booked.map((meeting) => otherOf(meeting, person))
  const people = await findParts(scope, 'person', others, ['firstName', 'lastName', 'profile'])
  return booked.flatMap((meeting) => {
    const other = people.get(otherOf(meeting, person))
    if (!other) return []
    const { id, start, end, note, updatedAt, sequence } = meeting
    const title = `Meeting with ${shownName(other) || 'another guest'}`
    return [{ id, start, end, title, note, updatedAt, sequence }]
  })
}

const peopleOf = (scope: EventScope, me: string, meetings: Parties[]) =>
  findMany(scope, 'person', [
    ...meetings.map((meeting) => otherOf(meeting, me)),
    ...(scope.system ? [me] : []),
  ])
