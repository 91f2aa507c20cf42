import type { ExternalId } from '#lib/external/schema.ts'
import type { Instant } from '#lib/time.ts'

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
}
