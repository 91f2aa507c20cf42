import type { ExternalId } from '#lib/external/schema.ts'
import type { Instant } from '#lib/time.ts'

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
