import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { nameText } from '#lib/base/text.ts'
import type { LoadedType, Ticket, TicketFields, TicketType } from '#lib/model/ticket.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { ignored, reference } from './fields.ts'
import { type Presentation, printedId, printedReference } from './presentation.ts'

/** What POST and PUT take, and PATCH after merging. */
export const TicketTypeBody = v.strictObject({
  ticket_type_id: v.nullish(v.string()),
  name: nameText(limits.nameLength.value),
  session_access: v.nullish(
    v.union(
      [
        v.literal('all'),
        v.pipe(
          v.array(reference),
          v.maxLength(
            limits.ticketSessions.value,
            `At most ${limits.ticketSessions.value} sessions.`,
          ),
        ),
      ],
      'Expected all, or a list of session ids.',
    ),
  ),
})
export type TicketTypeBody = v.InferOutput<typeof TicketTypeBody>

export const TicketBody = v.strictObject({
  ticket_type_id: reference,
  person_id: ignored,
  name: ignored,
  session_access: ignored,
})

const entries = {
  ticket_type_id: v.string(),
  name: v.string(),
  session_access: v.union([v.literal('all'), v.array(v.string())]),
}
export const TicketTypeAnswer = v.object(entries)
export const TicketAnswer = v.object({ person_id: v.string(), ...entries })

/** Resolves the sessions that a body names; none named means all of them. */
export async function ticketFields(
  scope: EventScope,
  { name, session_access: access }: TicketTypeBody,
): Promise<TicketFields> {
  if (!Array.isArray(access)) return { name, access: 'all' }
  const field = (n: number) => `session_access[${n}]`
  const sessions = await resolveReferences(scope, 'session', access, field)
  return { name, access: [...new Set(sessions.map(({ id }) => id))] }
}

/** The type's own fields as a body spells them: what a merge patch is laid onto. */
export const ticketTypePatchTarget = ({ name, access }: TicketType) => ({
  name,
  session_access: access,
})

export function printTicketType(view: Presentation, { type, sessions }: LoadedType) {
  const { access } = type
  const shown = access === 'all' ? access : access.filter((id) => sessions.has(id))
  return {
    ticket_type_id: type.id,
    name: type.name,
    session_access:
      shown === 'all' ? shown : shown.map((id) => printedReference(view, id, sessions)),
  }
}

export const printTicket = (view: Presentation, { person, ...type }: Ticket) => ({
  person_id: printedId(view, person),
  ...printTicketType(view, type),
})
