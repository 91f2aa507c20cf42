import { ApiError } from '#lib/base/errors.ts'
import { isId, newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, millisOf, now, nowMillis } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import { contains, intersect } from '#lib/model/availability.ts'
import type { Event } from '#lib/model/event.ts'
import { type Meeting, otherOf } from '#lib/model/meeting.ts'
import { changed, type Wanted } from '#lib/model/meeting-rules.ts'
import type { Booked, Person } from '#lib/model/person.ts'
import { busyTimes, overlaps, presence, withBooking } from '#lib/store/read/busy.ts'
import { type LoadedMeeting, meetingRows } from '#lib/store/read/meetings.ts'
import { findMany } from '#lib/store/read/references.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { check, put, transact, update, type Write } from '#lib/table/transact.ts'
import { requirePerson } from './people.ts'

type Place = { scope: EventScope; event: Event }
type Times = { start: Instant; end: Instant }

/** Asks somebody for a meeting at a time when both are there and free; nothing is held until it is accepted. */
export async function requestMeeting(
  { scope, event }: Place,
  me: string,
  to: string,
  wanted: Times & { note: string },
  reply: (made: LoadedMeeting) => RecordedResponse,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const [sender, receiver] = await Promise.all([
      requirePerson(scope, me),
      requirePerson(scope, to),
    ])
    await Promise.all([
      checkSlot({ scope, event }, [sender, receiver], wanted),
      checkNumber(scope, me),
    ])
    const meeting: Meeting = {
      ...wanted,
      id: newId('meeting'),
      sender: me,
      receiver: to,
      status: 'CREATED',
      rejectedBy: '',
      sequence: 0,
      createdAt: now(),
      updatedAt: now(),
      vr: 1,
    }
    const outcome = reply({ meeting, other: receiver })
    const lives = [me, to].map((id) =>
      check(keys.person(scope, id), { exists: true }, 'person_not_found'),
    )
    await transact(scope, [...lives, ...sides(scope, undefined, meeting)], outcome)
    return outcome
  })
}

/** A meeting of `me` and whoever it is with. */
export async function requireMeeting(
  scope: EventScope,
  me: string,
  id: string,
): Promise<LoadedMeeting> {
  const meeting = isId('meeting', id)
    ? await getRow<Meeting>(scope, keys.meeting(scope, me, id))
    : undefined
  const others = meeting && (await findMany(scope, 'person', [otherOf(meeting, me)]))
  const other = meeting && others?.get(otherOf(meeting, me))
  if (!meeting || !other) throw new ApiError('meeting_not_found')
  return { meeting, other }
}

/**
 * Changes a meeting as one of the two wants it. Booking writes the time into the documents of both, under the
 * versions by which agenda and bookings were read: nobody is booked twice, nor for a session and a meeting.
 */
export async function changeMeeting(
  { scope, event }: Place,
  me: string,
  id: string,
  wanted: Wanted,
  effect: Effect<LoadedMeeting>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const [current, mine] = await Promise.all([
      requireMeeting(scope, me, id),
      requirePerson(scope, me),
    ])
    effect.guard(current)
    const before = current.meeting
    const next = changed(before, me, wanted)
    if (!next) return kept(scope, me, current, effect)
    const meeting: Meeting = { ...next, updatedAt: now(), vr: before.vr + 1 }
    const both = [mine, current.other]
    if (meeting.start !== before.start || meeting.end !== before.end)
      await checkSlot({ scope, event }, both, meeting, id)
    else if (meeting.status === 'BOOKED') await checkFree(scope, both, meeting, id)
    const outcome = effect.reply({ meeting, other: current.other })
    const rows = sides(scope, before, meeting)
    await transact(scope, [...rows, ...bookings(scope, both, before, meeting)], outcome)
    return outcome
  })
}

/** Nothing to change: still the answer is recorded, and only while it is true. */
async function kept(
  scope: EventScope,
  me: string,
  current: LoadedMeeting,
  effect: Effect<LoadedMeeting>,
): Promise<RecordedResponse> {
  const outcome = effect.reply(current)
  const { id, vr } = current.meeting
  await transact(scope, [check(keys.meeting(scope, me, id), { vr }, 'conflict')], outcome)
  return outcome
}

/** Meetings are read all at once, so nobody may fill the list of another without end. */
async function checkNumber(scope: EventScope, me: string): Promise<void> {
  const meetings = await meetingRows(scope, me)
  const sent = meetings.filter(({ sender }) => sender === me)
  if (sent.length >= limits.meetingsSent.value) throw new ApiError('too_many_meetings')
}

/** A slot must lie ahead, where both say that they are there, and where neither has anything. */
async function checkSlot(
  { scope, event }: Place,
  people: Person[],
  { start, end }: Times,
  except?: string,
): Promise<void> {
  const window = { from: millisOf(start), to: millisOf(end) }
  checkLength(window)
  const there = people.map((person) => presence(person, event, window)).reduce(intersect)
  if (!contains(there, window.from, window.to)) throw new ApiError('slot_not_available')
  await checkFree(scope, people, { start, end }, except)
}

function checkLength({ from, to }: { from: number; to: number }): void {
  const wrong = (field: string, message: string) => new ApiError('invalid_time', { field, message })
  if (to <= from) throw wrong('meetingEndTime', 'Must be later than meetingStartTime.')
  if (to - from > limits.meetingMinutes.value * 60_000)
    throw wrong('meetingEndTime', `At most ${limits.meetingMinutes.value} minutes.`)
  if (from < nowMillis()) throw wrong('meetingStartTime', 'Must not lie in the past.')
}

async function checkFree(
  scope: EventScope,
  people: Person[],
  { start, end }: Times,
  except?: string,
): Promise<void> {
  const interval = { start: millisOf(start), end: millisOf(end) }
  if (overlaps(await busyTimes(scope, people, except), interval))
    throw new ApiError('slot_not_available')
}

function sides(scope: EventScope, before: Meeting | undefined, meeting: Meeting): Write[] {
  const when = before ? { vr: before.vr } : { exists: false }
  return [meeting.sender, meeting.receiver].map((person) =>
    put({ ...meeting, ...keys.meeting(scope, person, meeting.id) }, when, 'conflict'),
  )
}

/** Puts the time into both documents, or takes it out of them, when that is what the change means. */
function bookings(scope: EventScope, people: Person[], before: Meeting, after: Meeting): Write[] {
  if (before.status !== 'BOOKED' && after.status !== 'BOOKED') return []
  const interval: Booked | undefined =
    after.status === 'BOOKED'
      ? { start: millisOf(after.start), end: millisOf(after.end) }
      : undefined
  return people.map((person) => {
    const booked = withBooking(person, after.id, interval, nowMillis())
    const change = { set: { booked }, add: { vr: 1 } }
    return update(keys.person(scope, person.id), change, { vr: person.vr }, 'conflict')
  })
}
