import type { PlainKind } from '#lib/base/plain-kinds.ts'
import type { Plain } from '#lib/model/plain.ts'
import { type Presentation, printExternalIds, printedId, printStamps } from './presentation.ts'

/** A thing of a plain kind: its ids, its own fields, its times. */
export const printPlain = (view: Presentation, kind: PlainKind, thing: Plain, own: object) => ({
  [`${kind}_id`]: printedId(view, thing),
  external_ids: printExternalIds(thing.id, thing.externalIds),
  ...own,
  timestamps: printStamps(view, thing),
})
