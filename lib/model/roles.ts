import type { Role, Token } from './token.ts'

/**
 * What a route asks of the caller (docs/behaviour/events-and-tokens.md). `event:*` and `person` routes are reached only by
 * tokens of that event; `person` routes decide in detail who sees what.
 */
export type Right =
  | 'public'
  | 'anyone'
  | 'organisation'
  /** What a programme is made of, drafts for staff alone. */
  | 'programme'
  | 'event:read'
  | 'event:write'
  | 'attendance:write'
  | 'door'
  | 'person'

const rights: Record<Role, readonly Right[]> = {
  super_admin: [
    'anyone',
    'organisation',
    'programme',
    'event:read',
    'event:write',
    'attendance:write',
    'door',
    'person',
  ],
  event_admin: [
    'anyone',
    'programme',
    'event:read',
    'event:write',
    'attendance:write',
    'door',
    'person',
  ],
  event_staff: ['anyone', 'programme', 'event:read', 'attendance:write', 'door', 'person'],
  scanner: ['anyone', 'door'],
  attendee: ['anyone', 'programme', 'person'],
}

export const rightsOf = (role: Role): readonly Right[] => rights[role]
export const mayDo = ({ role }: Pick<Token, 'role'>, right: Right): boolean =>
  right === 'public' || rights[role].includes(right)
export const mayEnter = ({ role, events }: Pick<Token, 'role' | 'events'>, event: string) =>
  role === 'super_admin' || events.includes(event)
