import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'

/** Whose fields they are. */
export type FieldOwner = 'people' | 'sessions'

export const permissions = ['Everyone', 'Organizer and Data Owner', 'Organizer'] as const
export type Permission = (typeof permissions)[number]

export type Field = {
  id: string
  name: string
  view: Permission
  edit: Permission
  externalIds: ExternalId[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** The job that must be finished before anybody changes the document. */
  open?: string
}
