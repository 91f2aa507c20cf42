import { ApiError } from '#lib/base/errors.ts'
import { noLedger, type RoundLedger } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Caller } from '#lib/model/privacy.ts'
import { isPublic, type Session } from '#lib/model/session.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { find } from '#lib/store/document.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { ticketTypes } from '#lib/store/documents/ticket-types.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { getPerson } from './included-people.ts'

export type Holder = { me: Person; ticket: TicketType }
/** Somebody whom a ticket lets into a networking session. */
export type Admission = { me: Person; session: Session }

/** The caller with their ticket; `not_registered` without one, administrators and staff included. */
export async function requireTicket(scope: EventScope, { person }: Caller): Promise<Holder> {
  const me = person === undefined ? undefined : await getPerson(scope, person)
  if (!me) throw new ApiError('not_registered')
  return { me, ticket: await ticketOf(scope, me) }
}

/** The caller, whose ticket lets them into the networking session. */
export async function requireAdmission(
  scope: EventScope,
  caller: Caller,
  sent: string | undefined,
): Promise<Admission> {
  const { me, ticket } = await requireTicket(scope, caller)
  const session = await requireNetworking(scope, sent)
  if (!covers(ticket, session.id)) throw new ApiError('session_not_covered')
  return { me, session }
}

/** Throws when the ticket that somebody has now does not let them in. */
export async function refuseUncovered(
  scope: EventScope,
  person: Person,
  session: string,
): Promise<void> {
  if (!covers(await ticketOf(scope, person), session)) throw new ApiError('session_not_covered')
}

/** The session of an id; one of another format is no networking session and so not there. */
export async function requireNetworking(scope: EventScope, sent = ''): Promise<Session> {
  const session = await find(scope, sessions, await resolveId(scope, 'session', sent))
  if (session?.format !== 'MEET_UP' || !isPublic(session)) throw new ApiError('session_not_found')
  return session
}

export const ledgerOf = async (scope: EventScope, session: string): Promise<RoundLedger> =>
  (await getRow<RoundLedger>(scope, keys.networking(scope, session))) ?? noLedger

/** The ledgers of some sessions, by their ids; none where no round was held. */
export async function ledgersOf(
  scope: EventScope,
  sessions: string[],
): Promise<Map<string, RoundLedger>> {
  const at = new Map(sessions.map((id) => [keys.networking(scope, id).pk, id]))
  const rows = await getRows<RoundLedger & Key>(
    scope,
    sessions.map((id) => keys.networking(scope, id)),
  )
  return new Map(rows.map((row) => [at.get(row.pk) ?? '', row]))
}

async function ticketOf(scope: EventScope, { ticket }: Person): Promise<TicketType> {
  const type = await find(scope, ticketTypes, ticket?.type)
  if (!type) throw new ApiError('not_registered')
  return type
}
