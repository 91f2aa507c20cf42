import { ApiError } from '#lib/base/errors.ts'
import type { LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import { sessionInterval, spanText } from '#lib/model/spans.ts'
import type { Precondition } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { changeSettled } from '#lib/store/links/open-job.ts'
import { type Admission, ledgerOf, refuseUncovered } from '#lib/store/read/admission.ts'
import { bookedTimes, overlaps } from '#lib/store/read/busy.ts'
import { type Registration, registrationOf } from '#lib/store/read/registrations.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { changeLinks } from './people.ts'

/**
 * Joins: whoever joins a networking session attends it, so its capacity, its calendar and the times at which a
 * person is busy have one source. A meeting that is booked at that time stands in the way.
 */
export const join = (
  scope: EventScope,
  admission: Admission,
  precondition: Precondition<Registration>,
): Promise<Registration> =>
  register(scope, admission, true, (place) => {
    precondition(place)
    const { me, session, registered } = place
    if (registered) throw new ApiError('already_registered')
    const interval = sessionInterval(session, scope.zone)
    const meeting = bookedTimes(scope, me).find((one) => overlaps([one], interval))
    if (!meeting) return
    const message = `You have a meeting from ${spanText(meeting, scope.zone)}.`
    throw new ApiError('meeting_conflict', { message })
  })

/** Leaves; matches of earlier rounds stay. */
export const leave = (
  scope: EventScope,
  admission: Admission,
  precondition: Precondition<Registration>,
): Promise<Registration> =>
  register(scope, admission, false, (place) => {
    precondition(place)
    if (!place.registered) throw new ApiError('registration_not_found')
  })

/** Makes somebody attend a session or not, once `judge` has seen their place in it. */
const register = (
  scope: EventScope,
  { me: { id }, session }: Admission,
  added: boolean,
  judge: (place: Registration) => void,
): Promise<Registration> => {
  const link = { kind: 'attends', person: id, session: session.id } as const
  const decide = async (me: Person): Promise<LinkChange[]> => {
    judge(await placeOf(scope, { me, session }))
    return [{ link, added }]
  }
  return changeLinks(scope, id, decide, (me) => ({ session, me, registered: added, ready: false }))
}

/** Says whether somebody is ready for the next round; being paired uses that up. */
export const setReady = (
  scope: EventScope,
  { me: { id }, session }: Admission,
  isReady: boolean,
  precondition: Precondition<Registration>,
): Promise<Registration> =>
  changeSettled(scope, people, id, async (before, next) => {
    const place = await placeOf(scope, { me: before, session })
    precondition(place)
    const { registered } = place
    const current = before.agenda[session.id]
    if (!registered || !current) throw new ApiError('registration_not_found')
    const { round } = await ledgerOf(scope, session.id)
    const { ready: _, ...rest } = current
    const entry = { ...rest, ...(isReady && { ready: round }) }
    const agenda = { ...before.agenda, [session.id]: entry }
    const me: Person = { ...next({ agenda }), updatedAt: before.updatedAt }
    return { after: me, made: { session, me, registered, ready: isReady } }
  })

/** Somebody's place in a session which their ticket must still let them into. */
async function placeOf(scope: EventScope, { me, session }: Admission): Promise<Registration> {
  const [place] = await Promise.all([
    registrationOf(scope, me, session),
    refuseUncovered(scope, me, session.id),
  ])
  return place
}
