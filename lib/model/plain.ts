import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'
import type { PictureRef } from './picture.ts'

/** What every thing of a plain kind has (`lib/base/plain-kinds.ts`). */
export type Plain = {
  id: string
  /** Unique among its kind in the event. */
  name: string
  externalIds: ExternalId[]
  picture?: PictureRef
  createdAt: Instant
  updatedAt: Instant
  vr: number
}
