import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'

export type Event = {
  id: string
  org: string
  /** Integer id, per installation: what schedule routes call the event. */
  number: number
  shortCode: string
  name: string
  description: string
  language: string
  location: { name: string; address: string }
  dates: { start: string; end: string; zone: string; timeFormat: string }
  urls: Record<string, string>
  externalIds: ExternalId[]
  attendeesGroup: string
  speakersGroup: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** Ids whose clean-up is under way. */
  gone?: Set<string>
}
