import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { type Link, load, newChangeset } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { requireSession } from '#lib/store/read/included-sessions.ts'
import { findMany } from '#lib/store/read/references.ts'
import { listCounted, type Page, type PageWanted } from '#lib/table/counted.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { transact } from '#lib/table/transact.ts'
import { refuseWhenFull } from './seats.ts'

type Asked = { scope: EventScope; event: Event }
type Attends = Extract<Link, { kind: 'attends' }>
type Seat = { person: string | undefined; session: string | undefined }

const firstPage = { limit: limits.pageDefault.value, offset: 0 }

/** Lets a person attend; `reply` gets the first page of the attendees as they will be. */
export async function addAttendee(
  asked: Asked,
  seat: Seat,
  reply: (session: Session, attendees: Page<Person>) => RecordedResponse,
): Promise<RecordedResponse> {
  const { scope } = asked
  return retryOnConflict(scope, async () => {
    const { work, link, person, held } = await loadSeat(asked, seat)
    if (person.agenda[link.session]?.attends) throw new ApiError('already_attending')
    await refuseWhenFull(scope, held)
    const before = await listAttendees(scope, held.id, firstPage)
    stage(work, { link, added: true })
    const rows = [...before.rows, person].sort((a, b) => (a.id < b.id ? -1 : 1))
    const attendees = { total: before.total + 1, rows: rows.slice(0, firstPage.limit) }
    const outcome = reply(held, attendees)
    await transact(scope, writesOf(work), outcome)
    return outcome
  })
}

/** Ends a person's attendance; roles in the session stay. */
export async function removeAttendee(
  asked: Asked,
  seat: Seat,
  outcome: RecordedResponse,
): Promise<RecordedResponse> {
  return retryOnConflict(asked.scope, async () => {
    const { work, link, person } = await loadSeat(asked, seat)
    if (!person.agenda[link.session]?.attends) throw new ApiError('not_attending')
    stage(work, { link, added: false })
    await transact(asked.scope, writesOf(work), outcome)
    return outcome
  })
}

/** Attendees in id order with the exact total (contract §1, Lists). */
export async function listAttendees(
  scope: EventScope,
  session: string,
  wanted: PageWanted,
): Promise<Page<Person> & { next?: string | undefined }> {
  const without = deletingOf(scope, 'person')
  const set = sets.attendees(scope, session)
  const page = await listCounted<{ sk: string }>(scope, set, { ...wanted, without })
  const people = await findMany(
    scope,
    'person',
    page.rows.map(({ sk }) => sk),
  )
  const next = page.rows.length === wanted.limit ? page.rows.at(-1)?.sk : undefined
  return { total: page.total, rows: page.rows.flatMap(({ sk }) => people.get(sk) ?? []), next }
}

async function loadSeat({ scope, event }: Asked, { person: personId, session: sessionId }: Seat) {
  if (personId === undefined || scope.deleting.has(personId) || sessionId === undefined) {
    await requireSession(scope, sessionId)
    throw new ApiError('person_not_found')
  }
  const link: Attends = { kind: 'attends', person: personId, session: sessionId }
  const work = newChangeset(scope, event.speakersGroup)
  await load(work, [{ link, added: true }])
  const held = scope.deleting.has(sessionId) ? undefined : work.sessions.get(sessionId)?.before
  if (!held) throw new ApiError('session_not_found')
  const person = work.people.get(personId)?.before
  if (!person) throw new ApiError('person_not_found')
  return { work, link, person, held }
}
