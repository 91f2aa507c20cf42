import type { Instant } from '#lib/base/time.ts'

/** What is between two people, kept equally under both; `other` is the one who is not the reader. */
export type Connection = {
  other: string
  status: 'PENDING' | 'ACCEPT' | 'REJECT'
  /** Who asked. */
  by: string
  rejectedBy?: string
  createdAt: Instant
  updatedAt: Instant
  vr: number
}
