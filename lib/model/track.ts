import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'

export type Track = {
  id: string
  name: string
  color: string
  externalIds: ExternalId[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
}
/** A track with the exact number of its sessions. */
export type CountedTrack = { track: Track; sessions: number }
