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
  /** The job that must be finished before anybody changes the document. */
  open?: string
}
/** A track with the exact number of its sessions. */
export type CountedTrack = { track: Track; sessions: number }
