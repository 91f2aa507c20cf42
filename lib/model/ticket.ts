import type { Instant } from '#lib/base/time.ts'

/** What a ticket lets its holder into: every session, or those named by id (contract §2). */
export type TicketType = {
  id: string
  name: string
  access: 'all' | string[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
}

/** Whether a ticket of this type lets into a session. */
export const covers = ({ access }: Pick<TicketType, 'access'>, session: string): boolean =>
  access === 'all' || access.includes(session)
