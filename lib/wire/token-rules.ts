import { ApiError } from '#lib/base/errors.ts'
import type { Token } from '#lib/model/token.ts'
import type { TokenBody } from './token.ts'

/** What a role must and must not be bound to (contract §2); throws `invalid_body` naming the field. */
export function checkBinding(body: TokenBody): void {
  const events = body.events?.length ?? 0
  const wrong = (field: string, message: string) => new ApiError('invalid_body', { field, message })
  if (body.role === 'super_admin' && events > 0) {
    throw wrong('events', 'A super admin covers every event of the organisation.')
  }
  if (body.role !== 'super_admin' && events === 0) {
    throw wrong('events', 'This role needs the events it is for.')
  }
  if (body.role === 'attendee' && events !== 1) {
    throw wrong('events', 'An attendee belongs to exactly one event.')
  }
  if (body.role === 'attendee' && !body.person) {
    throw wrong('person', 'An attendee token speaks for one person.')
  }
  if (body.role !== 'attendee' && body.person) {
    throw wrong('person', 'Only attendee tokens name a person.')
  }
}

/** A token with its references resolved, ready to be made. */
export const boundToken = (
  body: TokenBody,
  events: string[],
  person: string | undefined,
): Omit<Token, 'id' | 'org' | 'createdAt'> => ({
  role: body.role,
  name: body.name ?? '',
  events,
  ...(person && { person }),
  ...(body.expires_at && { expiresAt: body.expires_at }),
})
