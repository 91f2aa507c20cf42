import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'

export type Group = {
  id: string
  type: 'attendees' | 'speakers' | 'custom'
  name: string
  color: string
  note: string
  externalIds: ExternalId[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** The job that must be finished before anybody changes the document. */
  open?: string
}

/** A group with the exact number of its members. */
export type CountedGroup = { group: Group; members: number }
