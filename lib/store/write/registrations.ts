import { ApiError } from '#lib/base/errors.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { headOf } from '#lib/store/read/admission.ts'
import { bookedTimes, overlaps, sessionInterval } from '#lib/store/read/busy.ts'
import { keys } from '#lib/table/keys.ts'
import { whileFresh } from '#lib/table/retry.ts'
import { type EventScope, type Outcome, unrecorded } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { lastRound, matchRows } from './matches.ts'
import { type Asked, changeFacts, requirePerson } from './people.ts'

/** A person's place in a networking session. */
export type Registration = { session: Session; me: string; registered: boolean; ready: boolean }

/**
 * Joins: whoever joins a networking session attends it, so its capacity, its calendar and the times at which a
 * person is busy have one source. A meeting that is booked at that time stands in the way.
 */
export function join(
  asked: Asked,
  { me, session }: { me: Person; session: Session },
  reply: (next: Registration) => Outcome,
): Promise<Outcome> {
  const decide = async (person: Person) => {
    if (person.agenda[session.id]?.attends) throw new ApiError('already_registered')
    const interval = sessionInterval(session, asked.scope.zone)
    if (overlaps(bookedTimes(person), interval)) throw new ApiError('meeting_conflict')
    return [{ fact: attends(person, session), holds: true }]
  }
  const joined = { session, me: me.id, registered: true, ready: false }
  return changeFacts(asked, me.id, decide, () => reply(joined))
}

/** Leaves; matches of earlier rounds stay. */
export async function leave(
  asked: Asked,
  { me, session }: { me: Person; session: Session },
  reply: (next: Registration) => Outcome,
): Promise<Outcome> {
  // Whoever leaves ready and comes back would otherwise be paired without having said so again.
  if (me.agenda[session.id]?.ready !== undefined) {
    await writeReady(unrecorded(asked.scope), me.id, session, false)
  }
  const decide = async (person: Person) => {
    if (!person.agenda[session.id]?.attends) throw new ApiError('registration_not_found')
    return [{ fact: attends(person, session), holds: false }]
  }
  const left = { session, me: me.id, registered: false, ready: false }
  return changeFacts(asked, me.id, decide, () => reply(left))
}

/** Says whether somebody is ready for the next round; being paired uses that up. */
export function setReady(
  scope: EventScope,
  { me, session }: { me: Person; session: Session },
  ready: boolean,
  reply: (next: Registration) => Outcome,
): Promise<Outcome> {
  const outcome = reply({ session, me: me.id, registered: true, ready })
  return writeReady(scope, me.id, session, ready, outcome)
}

async function writeReady(
  scope: EventScope,
  me: string,
  session: Session,
  ready: boolean,
  outcome: Outcome = { status: 200 },
): Promise<Outcome> {
  return whileFresh(scope, async () => {
    const [person, head] = await Promise.all([requirePerson(scope, me), headOf(scope, session.id)])
    if (!person.agenda[session.id]?.attends) throw new ApiError('registration_not_found')
    const value = ready ? head.round : undefined
    const paths: [string[], unknown][] = [[['agenda', session.id, 'ready'], value]]
    const change = { paths, add: { vr: 1 } }
    const step = update(keys.person(scope, me), change, { vr: person.vr }, 'stale')
    await transact(scope, [step], outcome)
    return outcome
  })
}

/** A person's place as it is now. */
export async function registrationOf(
  scope: EventScope,
  me: Person,
  session: Session,
): Promise<Registration> {
  const [head, rows] = await Promise.all([
    headOf(scope, session.id),
    matchRows(scope, me.id, session.id),
  ])
  const registered = me.agenda[session.id]?.attends ?? false
  return { session, me: me.id, registered, ready: isReady(me, session.id, lastRound(head, rows)) }
}

/** Ready: said so after the last round in which they were paired. */
export function isReady({ agenda }: Person, session: string, paired: number): boolean {
  const entry = agenda[session]
  return !!entry?.attends && entry.ready !== undefined && entry.ready >= paired
}

const attends = (person: Person, session: Session) => ({
  kind: 'attends' as const,
  person: person.id,
  session: session.id,
})
