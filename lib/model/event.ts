import type { ConflictPolicy } from '#lib/base/clash.ts'
import type { Instant } from '#lib/base/time.ts'
import type { ExternalId, SentIds } from './external-id.ts'
import type { SignIn } from './sign-in.ts'

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
  /** Its programme is a page that anybody may read; absent: it is not. */
  published?: boolean
  /** What becomes of writes that make things clash; absent: `defaultPolicy`. */
  conflictPolicy?: ConflictPolicy
  /** Origins from which browsers' apps may read and write; absent: none. */
  allowedOrigins?: string[]
  /** Whose sign-ins let attendees in; absent or null: nobody's. */
  signIn?: SignIn | null
  externalIds: ExternalId[]
  attendeesGroup: string
  speakersGroup: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** How often a change of the zone, or of the address that entries show, has changed all calendar entries, and when last. */
  moved?: { times: number; at: Instant }
  /** Ids whose clean-up is under way. */
  gone?: Set<string>
  /** In which rows beside the event more of them stand. */
  goneIn?: Set<string>
  /** Jobs of links that are decided and not all there yet. */
  linking?: Set<string>
}

/** The address that calendar entries show when a session has none. */
export const firstUrl = ({ urls }: Pick<Event, 'urls'>): string | undefined =>
  Object.values(urls)[0]

/** What an event holds, counted exactly. */
export type Counters = {
  people: number
  sessions: number
  groups: number
  tracks: number
  customFields: number
  pictures: number
}
export type CountedEvent = { event: Event; counters: Counters }

/** What somebody says of an event; without a short code one is drawn, without external ids they stay. */
export type EventFields = Pick<
  Event,
  | 'name'
  | 'description'
  | 'language'
  | 'location'
  | 'dates'
  | 'urls'
  | 'published'
  | 'conflictPolicy'
  | 'allowedOrigins'
  | 'signIn'
> & { shortCode?: string | undefined; externalIds?: SentIds }
