import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { Page } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { Precondition } from '#lib/store/document.ts'
import { load, newChangeset } from '#lib/store/links/changeset.ts'
import { judgeClashes } from '#lib/store/links/clashes.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { attendeesInPassing } from '#lib/store/read/attendees.ts'
import { requireSession } from '#lib/store/read/included-sessions.ts'
import { positionOf, waitingFor } from '#lib/store/read/waitlist.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'

/** Who and where, by our ids; undefined for what a path names and nobody knows. */
export type Seat = { person: string | undefined; session: string | undefined }
/** A session with the first page of those who attend it. */
export type Attended = { session: Session; attendees: Page<Person> }

const first = { limit: limits.pageDefault.value, offset: 0 }
const firstPage = (known: Person[], total: number): Page<Person> => {
  const rows = known.slice(0, first.limit)
  return { total, rows, next: total > first.limit ? rows.at(-1)?.id : undefined }
}

/** A place in the line of a full session. */
export type Waits = { session: Session; person: Person; position: number }

/** Lets a person attend; where the session is full and has a line, and they will wait, gives them the last place. */
export async function addOrWait(scope: EventScope, seat: Seat): Promise<Attended | Waits> {
  const turn = await takeTurn(`${scope.e} ${seat.session}`)
  try {
    return await whenSettled(scope, () => attend(scope, seat).catch(waitIfFull(scope, seat)))
  } finally {
    turn()
  }
}

const turns = new Map<string, Promise<void>>()

/** One after the other in one process: the line has one end. */
async function takeTurn(name: string): Promise<() => void> {
  const before = turns.get(name)
  const { promise, resolve } = Promise.withResolvers<void>()
  turns.set(name, promise)
  await before
  return () => {
    if (turns.get(name) === promise) turns.delete(name)
    resolve()
  }
}

const waitIfFull = (scope: EventScope, seat: Seat) => async (error: unknown) => {
  const isFull = error instanceof ApiError && error.reason === 'session_full'
  if (!isFull || !seat.person || !seat.session) throw error
  const link = { kind: 'waits', person: seat.person, session: seat.session } as const
  const changeset = newChangeset(scope)
  await load(changeset, [{ link, added: true }])
  const session = changeset.sessions.get(link.session)?.before
  const person = changeset.people.get(link.person)?.before
  if (!session?.waitlist || !person) throw error
  const standing = await positionOf(scope, person, session.id)
  if (standing !== undefined) return commit(scope, [], { session, person, position: standing })
  stage(changeset, { link, added: true })
  const writes = await writesOf(changeset)
  const position = (await waitingFor(scope, session.id)) + 1
  return commit(scope, writes, { session, person, position })
}

/** Lets a person attend. Gives the first page of the attendees as they will be. */
export const addAttendee = (scope: EventScope, seat: Seat): Promise<Attended> =>
  whenSettled(scope, () => attend(scope, seat))

async function attend(scope: EventScope, seat: Seat): Promise<Attended> {
  const { changeset, link, person, session } = await loadSeat(scope, seat)
  if (person.agenda[session.id]?.attends) throw new ApiError('already_attending')
  const before = await attendeesInPassing(scope, session.id, first)
  stage(changeset, { link, added: true })
  const rows = [...before.rows, person].sort((a, b) => (a.id < b.id ? -1 : 1))
  const attendees = firstPage(rows, before.total + 1)
  const guarding = await judgeClashes(changeset, person.id)
  const writes = [...(await writesOf(changeset)), ...guarding]
  return commit(scope, writes, { session, attendees })
}

/** Ends a person's attendance; roles in the session stay. */
export const removeAttendee = (
  scope: EventScope,
  seat: Seat,
  precondition: Precondition<Session>,
): Promise<Session> =>
  whenSettled(scope, async () => {
    const { changeset, link, person, session } = await loadSeat(scope, seat)
    if (!person.agenda[session.id]?.attends) throw new ApiError('not_attending')
    precondition(session)
    stage(changeset, { link, added: false })
    return commit(scope, await writesOf(changeset), session)
  })

async function loadSeat(scope: EventScope, seat: Seat) {
  const { person: personId, session: sessionId } = seat
  if (personId === undefined || scope.deleting.has(personId) || sessionId === undefined) {
    await requireSession(scope, sessionId)
    throw new ApiError('person_not_found')
  }
  const link = { kind: 'attends', person: personId, session: sessionId } as const
  const changeset = newChangeset(scope)
  await load(changeset, [{ link, added: true }])
  const session = scope.deleting.has(sessionId)
    ? undefined
    : changeset.sessions.get(sessionId)?.before
  if (!session) throw new ApiError('session_not_found')
  const person = changeset.people.get(personId)?.before
  if (!person) throw new ApiError('person_not_found')
  return { changeset, link, person, session }
}
