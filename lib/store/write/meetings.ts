import { ApiError, type FieldError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { type Instant, millisOf, now, nowMillis } from '#lib/base/time.ts'
import { contains } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import {
  asksAnew,
  changedMeeting,
  checkTimes,
  type Meeting,
  otherOf,
  type WantedMeeting,
} from '#lib/model/meeting.ts'
import type { Booked, Person } from '#lib/model/person.ts'
import { type Caller, mayRequestMeeting, profileView } from '#lib/model/privacy.ts'
import { availableTimes } from '#lib/model/profile.ts'
import { born, type Precondition } from '#lib/store/document.ts'
import { JobOpen } from '#lib/store/links/changeset.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { guardWrites } from '#lib/store/links/plan-guard.ts'
import { clashesOf, withBooking } from '#lib/store/read/busy.ts'
import { getConnection } from '#lib/store/read/connections.ts'
import { requirePerson } from '#lib/store/read/included-people.ts'
import { type LoadedMeeting, requireMeeting } from '#lib/store/read/meetings.ts'
import { requireBookable, requireMe } from '#lib/store/read/profiles.ts'
import { relationsChanged } from '#lib/store/relations-version.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put, update, type Write } from '#lib/table/writes.ts'
import { eventLives } from './event-lives.ts'
import { requestWrites } from './meeting-requests.ts'

type Dated = Pick<Event, 'dates'>
type Times = { start: Instant; end: Instant }
/** Who asks whom by our id; undefined for whom nobody knows. */
export type Invitation = { caller: Caller; to: string | undefined }

/**
 * Asks somebody for a meeting at a time when both are there and free; nothing is held until it is accepted. Both are as
 * they were when that was judged, and neither has more open requests than they may.
 */
export const requestMeeting = (
  scope: EventScope,
  event: Dated,
  { caller, to }: Invitation,
  wanted: Times & { note: string },
): Promise<LoadedMeeting> =>
  whenSettled(scope, async () => {
    const sender = await requireMe(scope, caller, 'admin_without_ticket')
    const receiver = await requireBookable(scope, caller, to)
    if (receiver.id === sender.id) throw new ApiError('self_meeting')
    const both = [sender, receiver]
    await checkSlot(scope, event, both, { ...wanted, sender: sender.id })
    const meeting: Meeting = {
      ...wanted,
      ...born(),
      id: newId('meeting'),
      sender: sender.id,
      receiver: receiver.id,
      status: 'CREATED',
      rejectedBy: '',
      sequence: 0,
    }
    const writes = [
      eventLives(scope),
      ...both.map((one) => unchanged(scope, one)),
      ...(await requestWrites(scope, { before: undefined, after: meeting })),
      ...sides(scope, undefined, meeting),
    ]
    return commit(scope, writes, { meeting, other: receiver, known: byId(both) })
  })

/**
 * Changes a meeting as one of the two wants it. Booking writes the time into the documents of both, under the
 * versions by which agenda and bookings were read: nobody is booked twice, nor for a session and a meeting.
 */
export const changeMeeting = (
  scope: EventScope,
  event: Dated,
  { me, id, wanted }: { me: string; id: string; wanted: WantedMeeting },
  precondition: Precondition<LoadedMeeting>,
): Promise<LoadedMeeting> =>
  whenSettled(scope, async () => {
    const guarding = await guardWrites(scope, { moves: false, kinds: ['speaker', 'attendee'] })
    const { current, both } = await loadBoth(scope, me, id)
    precondition(current)
    const before = current.meeting
    const next = changedMeeting(before, me, wanted)
    // Nothing to change: still the answer is recorded, and only while it is true.
    if (!next) return commit(scope, [sameMeeting(scope, me, before)], current)
    const meeting: Meeting = { ...next, updatedAt: now(), vr: before.vr + 1 }
    if (asksAnew(before, meeting, me)) await requireAskable(scope, me, current.other)
    if (meeting.start !== before.start || meeting.end !== before.end)
      await checkSlot(scope, event, both, meeting)
    else if (meeting.status === 'BOOKED') await checkFree(scope, both, meeting)
    const writes = [
      ...sides(scope, before, meeting),
      ...bookings(scope, both, before, meeting),
      ...(meeting.status === 'BOOKED' ? guarding : []),
      ...(await requestWrites(scope, { before, after: meeting })),
    ]
    return commit(scope, writes, { ...current, meeting, known: byId(both) })
  })

async function loadBoth(scope: EventScope, me: string, id: string) {
  const [current, mine] = await Promise.all([
    requireMeeting(scope, me, id),
    requirePerson(scope, me),
  ])
  const { other } = current
  if (other.open !== undefined) throw new JobOpen(other.open)
  return { current, both: [mine, other] }
}

/** Whoever may not ask for a meeting may not change what was asked either: nothing new reaches who closed the door. */
async function requireAskable(scope: EventScope, me: string, other: Person): Promise<void> {
  const connection = await getConnection(scope, me, other.id)
  const owner = { id: other.id, settings: other.profile ?? {} }
  const view = profileView({ person: me, organiser: false }, owner, connection?.status ?? 'NONE')
  const takes = mayRequestMeeting(owner.settings, connection?.status === 'ACCEPT')
  if (view === 'hidden' || !takes) throw new ApiError('meetings_closed')
}

type Wanted = Times & { id?: string; sender: string }

/** A slot must lie ahead, where both say that they are there, and where neither has anything. */
async function checkSlot(
  scope: EventScope,
  { dates }: Dated,
  people: Person[],
  meeting: Wanted,
): Promise<void> {
  const window = { from: millisOf(meeting.start), to: millisOf(meeting.end) }
  checkTimes(window)
  const [me] = people
  const away = people.filter(
    ({ profile = {} }) => !contains(availableTimes(profile, dates, window), window.from, window.to),
  )
  if (away.length > 0) {
    throw notAvailable(
      away.map(({ id }) => {
        const who = id === me?.id ? 'You are' : 'The other is'
        return {
          field: partOf(meeting, id),
          message: `${who} not there for meetings at that time.`,
        }
      }),
    )
  }
  await checkFree(scope, people, meeting)
}

/** Each learns of the other only that something is there, of themselves also what: `people` begin with who asks. */
async function checkFree(scope: EventScope, people: Person[], meeting: Wanted): Promise<void> {
  const interval = { start: millisOf(meeting.start), end: millisOf(meeting.end) }
  const clashes = await clashesOf(scope, people, interval, meeting.id)
  const [me] = people
  if (clashes.length === 0) return
  throw notAvailable(
    clashes.map(({ person, what }) => {
      const own = person === me?.id
      const message = own ? `You have ${what}.` : 'The other has something else at that time.'
      return { field: partOf(meeting, person), message }
    }),
  )
}

const partOf = ({ sender }: Wanted, person: string): string =>
  person === sender ? 'senderUserId' : 'receiverUserId'

const notAvailable = (errors: FieldError[]): ApiError => {
  const message = [...new Set(errors.map((one) => one.message))].join(' ')
  return new ApiError('slot_not_available', { message, errors })
}

function sides(scope: EventScope, before: Meeting | undefined, meeting: Meeting): Write[] {
  const when = before ? { vr: before.vr } : { exists: false }
  return [meeting.sender, meeting.receiver].flatMap((person) => {
    const key = keys.meeting(scope, person, meeting.id)
    const row = { ...meeting, ...key, kind: 'meeting' }
    return [put(row, when, 'conflict'), relationsChanged(scope, person)]
  })
}

/**
 * Puts the time into both documents, or takes it out of them, when that is what the change means; else both must be
 * as they were read.
 */
function bookings(scope: EventScope, both: Person[], before: Meeting, after: Meeting): Write[] {
  const isBooked = after.status === 'BOOKED'
  if (before.status !== 'BOOKED' && !isBooked) return both.map((one) => unchanged(scope, one))
  const [start, end] = [millisOf(after.start), millisOf(after.end)]
  return both.map((person) => {
    const time: Booked = { start, end, with: otherOf(after, person.id) }
    const booked = withBooking(person, after.id, isBooked ? time : undefined, nowMillis())
    const change = { set: { booked }, add: { vr: 1 } }
    return update(keys.person(scope, person.id), change, { vr: person.vr }, 'conflict')
  })
}

const unchanged = (scope: EventScope, { id, vr }: Person): Write =>
  check(keys.person(scope, id), { vr }, 'conflict')

const sameMeeting = (scope: EventScope, me: string, { id, vr }: Meeting): Write =>
  check(keys.meeting(scope, me, id), { vr }, 'conflict')

const byId = (people: Person[]) => new Map(people.map((person) => [person.id, person]))
