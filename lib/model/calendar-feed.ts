import type { Instant } from '#lib/base/time.ts'

/** A revocable right to read one calendar: the event's, or one person's. */
export type Feed = { id: string; org: string; event: string; person?: string; createdAt: Instant }

/** A feed with its text, which is shown this once. */
export type MadeFeed = { feed: Feed; text: string }
