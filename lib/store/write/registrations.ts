import { ApiError } from '#lib/base/errors.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { bookedTimes, overlaps, sessionInterval } from '#lib/store/read/busy.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, type RecordedResponse, withoutRecording } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { lastRound, matchRows } from './matches.ts'
import { type Asked, changeLinks, requirePerson } from './people.ts'

/** A person's place in a networking session. */
export type Registration = { session: Session; me: string; registered: boolean; ready: boolean }

/**
 * Joins: whoever joins a networking session attends it, so its capacity, its calendar and the times at which a
 * person is busy have one source. A meeting that is booked at that time stands in the way.
 */
export function join(
  asked: Asked,
  { me, session }: { me: Person; session: Session },
  reply: (next: Registration) => RecordedResponse,
): Promise<RecordedResponse> {
  const decide = async (person: Person) => {
    if (person.agenda[session.id]?.attends) throw new ApiError('already_registered')
    const interval = sessionInterval(session, asked.scope.zone)
    if (overlaps(bookedTimes(person), interval)) throw new ApiError('meeting_conflict')
    return [{ link: attends(person, session), added: true }]
  }
  const joined = { session, me: me.id, registered: true, ready: false }
  return changeLinks(asked, me.id, decide, () => reply(joined))
}

/** Leaves; matches of earlier rounds stay. */
export async function leave(
  asked: Asked,
  { me, session }: { me: Person; session: Session },
  reply: (next: Registration) => RecordedResponse,
): Promise<RecordedResponse> {
  // Whoever leaves ready and comes back would otherwise be paired without having said so again.
  if (me.agenda[session.id]?.ready !== undefined) {
    await writeReady(withoutRecording(asked.scope), me.id, session, false)
  }
  const decide = async (person: Person) => {
    if (!person.agenda[session.id]?.attends) throw new ApiError('registration_not_found')
    return [{ link: attends(person, session), added: false }]
  }
  const left = { session, me: me.id, registered: false, ready: false }
  return changeLinks(asked, me.id, decide, () => reply(left))
}

/** Says whether somebody is ready for the next round; being paired uses that up. */
export function setReady(
  scope: EventScope,
  { me, session }: { me: Person; session: Session },
  ready: boolean,
  reply: (next: Registration) => RecordedResponse,
): Promise<RecordedResponse> {
  const outcome = reply({ session, me: me.id, registered: true, ready })
  return writeReady(scope, me.id, session, ready, outcome)
}

async function writeReady(
  scope: EventScope,
  me: string,
  session: Session,
  ready: boolean,
  outcome: RecordedResponse = { status: 200 },
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const [person, head] = await Promise.all([
      requirePerson(scope, me),
      ledgerOf(scope, session.id),
    ])
    if (!person.agenda[session.id]?.attends) throw new ApiError('registration_not_found')
    const value = ready ? head.round : undefined
    const paths: [string[], unknown][] = [[['agenda', session.id, 'ready'], value]]
    const change = { paths, add: { vr: 1 } }
    const write = update(keys.person(scope, me), change, { vr: person.vr }, 'conflict')
    await transact(scope, [write], outcome)
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
    ledgerOf(scope, session.id),
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
