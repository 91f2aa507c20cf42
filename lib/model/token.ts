import type { Instant } from '#lib/base/time.ts'

export type Role = 'super_admin' | 'event_admin' | 'event_staff' | 'attendee'

/** A token as it is kept: by the SHA-256 of its text, never the text (contract §1, Credentials). */
export type Token = {
  id: string
  org: string
  role: Role
  name: string
  /** Events it is bound to; a super admin's has none and covers all. */
  events: string[]
  /** The person an attendee's token speaks for. */
  person?: string
  createdAt: Instant
  expiresAt?: Instant
  lastUsedAt?: Instant
}
