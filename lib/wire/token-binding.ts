import { checkBinding, type NewToken } from '#lib/model/token.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { resolveEvents } from '#lib/store/read/events.ts'
import { resolveReferences } from '#lib/store/read/references.ts'
import type { Scope } from '#lib/table/scope.ts'
import type { TokenBody } from './token.ts'

/** What a body wants a token for, in our ids; throws `invalid_reference` with the field for what is not there. */
export async function bindToken(scope: Scope, body: TokenBody): Promise<NewToken> {
  const { role, name = '', events: names, person: sent, expires_at: expiresAt } = body
  const named = body.sessions ?? undefined
  checkBinding(role, names ?? [], { person: sent, sessions: named })
  const events = await resolveEvents(scope, names ?? [], (n) => `events[${n}]`)
  const [first] = events
  const [person] =
    sent && first
      ? await resolveReferences(eventScope(scope, first), 'person', [sent], () => 'person')
      : []
  const sessions =
    named && first
      ? await resolveReferences(eventScope(scope, first), 'session', named, (n) => `sessions[${n}]`)
      : undefined
  return {
    role,
    name,
    events: events.map(({ id }) => id),
    ...(person && { person: person.id }),
    ...(sessions && { sessions: [...new Set(sessions.map(({ id }) => id))] }),
    ...(expiresAt && { expiresAt }),
  }
}
