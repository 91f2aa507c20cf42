import { ApiError } from '#lib/base/errors.ts'
import type { EventCall } from '#lib/http/route.ts'
import { noLedger, type RoundLedger } from '#lib/model/networking.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { getTicketType } from '#lib/store/write/ticket-types.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { getPerson } from './included-people.ts'

type Asking = Pick<EventCall, 'scope' | 'view' | 'params' | 'token'>
export type Holder = { me: Person; ticket: TicketType }
export type Admission = Holder & { session: Session }

/** The caller with their ticket; `not_registered` without one, administrators and staff included. */
export async function requireTicket({ scope, token }: Asking): Promise<Holder> {
  const me = token.person === undefined ? undefined : await getPerson(scope, token.person)
  const ticket = me?.ticket && (await getTicketType(scope, me.ticket.type))
  if (!me || !ticket) throw new ApiError('not_registered')
  return { me, ticket }
}

/** A caller whose ticket lets them into the networking session of the path. */
export async function requireAdmission(asking: Asking): Promise<Admission> {
  const holder = await requireTicket(asking)
  const session = await requireNetworking(asking)
  if (!covers(holder.ticket, session.id)) throw new ApiError('session_not_covered')
  return { ...holder, session }
}

/** The session of the path; one of another format is no networking session and so not there. */
export async function requireNetworking({ scope, view, params }: Asking): Promise<Session> {
  const id = await resolveId(scope, 'session', params.session ?? '', view.system)
  const session =
    id === undefined || scope.deleting.has(id)
      ? undefined
      : await getRow<Session>(scope, keys.session(scope, id))
  if (session?.format !== 'MEET_UP') throw new ApiError('session_not_found')
  return session
}

export const ledgerOf = async (scope: EventScope, session: string): Promise<RoundLedger> =>
  (await getRow<RoundLedger>(scope, keys.networking(scope, session))) ?? noLedger
