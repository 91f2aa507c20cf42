import type { Instant } from '#lib/base/time.ts'
import type { Person } from './person.ts'
import type { Session } from './session.ts'

/** What a ticket lets its holder into: every session, or those named by id. */
export type TicketType = {
  id: string
  name: string
  access: 'all' | string[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** The job that must be finished before anybody changes the document. */
  open?: string
}

export type TicketFields = Pick<TicketType, 'name' | 'access'>
/** A ticket type with those of its sessions that are there. */
export type LoadedType = { type: TicketType; sessions: Map<string, Session> }
/** The ticket that a person holds. */
export type Ticket = LoadedType & { person: Person }

/** Whether a ticket of this type lets into a session. */
export const covers = ({ access }: Pick<TicketType, 'access'>, session: string): boolean =>
  access === 'all' || access.includes(session)
