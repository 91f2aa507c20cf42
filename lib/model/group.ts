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
}
