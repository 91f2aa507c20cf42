import { ApiError } from '#lib/base/errors.ts'
import type { AgendaEntry, Person } from '#lib/model/person.ts'
import { isPublic, type Session } from '#lib/model/session.ts'
import { sessionInterval, spanText } from '#lib/model/spans.ts'
import type { Precondition } from '#lib/store/document.ts'
import { refuseUncovered } from '#lib/store/read/admission.ts'
import { bookedTimes, overlaps } from '#lib/store/read/busy.ts'
import { requirePerson } from '#lib/store/read/included-people.ts'
import { requireSession } from '#lib/store/read/included-sessions.ts'
import { loadAgenda, type OwnAgenda } from '#lib/store/read/own-agenda.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { addAttendee, addOrWait, removeAttendee, type Waits } from './attendance.ts'
import { leaveLine } from './waitlist.ts'

type Joining = { me: string; session: string | undefined; waits: boolean }

/**
 * Lets somebody join a session by themselves: where the event has ticket types, theirs must cover it, and a meeting that
 * they have booked at that time stands in the way. Seats, lines and conflicts are as everywhere.
 */
export async function joinAlone(
  scope: EventScope,
  { me, session: id, waits }: Joining,
): Promise<OwnAgenda | Waits> {
  const [session, person] = await Promise.all([requireSession(scope, id), requirePerson(scope, me)])
  if (!isPublic(session)) throw new ApiError('session_not_found')
  await refuseWithoutTicket(scope, person, session)
  refuseOverMeeting(scope, person, session)
  const seat = { person: me, session: session.id }
  const entry = { ...(person.agenda[session.id] ?? { roles: [] }), attends: true }
  const agenda = await loadAgenda(scope, withEntry(person, session.id, entry))
  const answering = answeredBy(scope, agenda)
  const made = waits ? await addOrWait(answering, seat) : await addAttendee(answering, seat)
  return 'position' in made ? made : agenda
}

/** Takes somebody off the attendees of a session, or out of its line. */
export async function leaveAlone(
  scope: EventScope,
  { me, session: id }: { me: string; session: string },
  precondition: Precondition<unknown>,
): Promise<OwnAgenda> {
  const [session, person] = await Promise.all([requireSession(scope, id), requirePerson(scope, me)])
  if (!isPublic(session)) throw new ApiError('session_not_found')
  const seat = { person: me, session: session.id }
  const isWaiting = person.waits?.[session.id] !== undefined
  const { [session.id]: _, ...waits } = person.waits ?? {}
  const { roles = [] } = person.agenda[session.id] ?? {}
  const entry = !isWaiting && roles.length === 0 ? undefined : person.agenda[session.id]
  const agenda = await loadAgenda(scope, { ...withEntry(person, session.id, entry), waits })
  const answering = answeredBy(scope, agenda)
  if (isWaiting) await leaveLine(answering, seat, precondition)
  else await removeAttendee(answering, seat, precondition)
  return agenda
}

function withEntry(person: Person, session: string, entry: AgendaEntry | undefined): Person {
  const { [session]: _, ...others } = person.agenda
  return { ...person, agenda: entry ? { ...others, [session]: entry } : others }
}

/** What is recorded of the write is the caller's agenda, whatever the write itself has made; a place stays a place. */
const answeredBy = (scope: EventScope, agenda: OwnAgenda): EventScope => {
  const { recording } = scope
  if (!recording) return scope
  const isPlace = (made: unknown) => typeof made === 'object' && made !== null && 'position' in made
  const answerOf = (made: unknown) => recording.answerOf(isPlace(made) ? made : agenda)
  return { ...scope, recording: { ...recording, answerOf } }
}

async function refuseWithoutTicket(
  scope: EventScope,
  person: Person,
  { id }: Session,
): Promise<void> {
  const pk = keys.ticketTypes(scope)
  const types = await queryRows(scope, { pk, limit: 1, only: ['sk'] })
  if (types.length > 0) await refuseUncovered(scope, person, id)
}

function refuseOverMeeting(scope: EventScope, person: Person, session: Session): void {
  const interval = sessionInterval(session, scope.zone)
  const meeting = bookedTimes(scope, person).find((one) => overlaps([one], interval))
  if (!meeting) return
  const message = `You have a meeting from ${spanText(meeting, scope.zone)}.`
  throw new ApiError('meeting_conflict', { message })
}
