import { ApiError } from '#lib/base/errors.ts'
import type { Instant } from '#lib/base/time.ts'

export type Role = 'super_admin' | 'event_admin' | 'event_staff' | 'scanner' | 'attendee'

/** A token as it is kept: by the SHA-256 of its text, never the text. */
export type Token = {
  id: string
  org: string
  role: Role
  name: string
  /** Events it is bound to; a super admin's has none and covers all. */
  events: string[]
  /** The person an attendee's token speaks for. */
  person?: string
  /** The sessions at whose doors a scanner stands; absent: at every door of its events. */
  sessions?: string[]
  createdAt: Instant
  expiresAt?: Instant
  lastUsedAt?: Instant
}

const signInPrefix = 'oidc_'

/** Whom an issuer has signed in: an attendee for the time of a request, whose answers and changes go by their person. */
export const tokenOfSignIn = (
  { id, org }: { id: string; org: string },
  person: string,
  createdAt: Instant,
): Token => ({
  id: signInPrefix + person.replace(/^\w+_/, ''),
  org,
  role: 'attendee',
  name: '',
  events: [id],
  person,
  createdAt,
})

/** Whether an id is of no token that is kept. */
export const isOfSignIn = (id: string): boolean => id.startsWith(signInPrefix)

/** What somebody wants a token for; events in the order in which they were named. */
export type NewToken = Pick<Token, 'role' | 'name' | 'events' | 'person' | 'sessions' | 'expiresAt'>

/** A token with its text, which is shown this once. */
export type MadeToken = Token & { text: string }

/** What a role must and must not be bound to; throws `invalid_body` naming the field. */
export function checkBinding(
  role: Role,
  events: readonly string[],
  { person, sessions }: { person?: string | undefined; sessions?: readonly string[] | undefined },
): void {
  const wrong = (field: string, message: string) => new ApiError('invalid_body', { field, message })
  if (role === 'super_admin' && events.length > 0) {
    throw wrong('events', 'A super admin covers every event of the organisation.')
  }
  if (role !== 'super_admin' && events.length === 0) {
    throw wrong('events', 'This role needs the events it is for.')
  }
  if (role === 'attendee' && events.length !== 1) {
    throw wrong('events', 'An attendee belongs to exactly one event.')
  }
  if (role === 'attendee' && !person) {
    throw wrong('person', 'An attendee token speaks for one person.')
  }
  if (role !== 'scanner' && sessions) {
    throw wrong('sessions', 'Only scanner tokens name sessions.')
  }
  if (sessions && events.length !== 1) {
    throw wrong('events', 'Sessions are of exactly one event.')
  }
  if (role !== 'attendee' && person) {
    throw wrong('person', 'Only attendee tokens name a person.')
  }
}
