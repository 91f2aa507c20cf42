import * as v from 'valibot'
import type { LoadedBadge } from '#lib/store/door/badges.ts'
import { type Presentation, printedId, printTime } from './presentation.ts'

export const BadgeAnswer = v.object({
  person_id: v.string(),
  code: v.string(),
  issued_at: v.union([v.string(), v.number()]),
})

export const printBadge = (view: Presentation, { person, badge }: LoadedBadge) => ({
  person_id: printedId(view, person),
  code: badge.code ?? '',
  issued_at: printTime(view, badge.issuedAt),
})
