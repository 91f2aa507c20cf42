import * as v from 'valibot'
import { type Clash, type ConflictPolicy, clashKinds, policies } from '#lib/base/clash.ts'
import { instantOf } from '#lib/base/time.ts'
import { type Presentation, printedReference, printTime } from './presentation.ts'

const time = v.union([v.string(), v.number()])

export const ConflictAnswer = v.object({
  kind: v.picklist(clashKinds),
  policy: v.picklist(policies),
  room_id: v.nullable(v.string()),
  person_id: v.nullable(v.string()),
  start_datetime: time,
  end_datetime: time,
  between: v.array(
    v.object({
      type: v.picklist(['session', 'meeting']),
      id: v.nullable(v.string()),
      name: v.nullable(v.string()),
      start_datetime: time,
      end_datetime: time,
    }),
  ),
})

type Known = Parameters<typeof printedReference>[2]
type With = { known: Known; policy: ConflictPolicy; tried?: string | undefined }

/** A clash, with the time that both take; `tried` is the id of a session that is not there, and has none. */
export const printConflict = (
  view: Presentation,
  { kind, of, both }: Clash,
  { known, policy, tried }: With,
) => ({
  kind,
  policy: policy[kind],
  room_id: kind === 'room' ? printedReference(view, of, known) : null,
  person_id: kind === 'room' ? null : printedReference(view, of, known),
  ...span(view, {
    start: Math.max(both[0].start, both[1].start),
    end: Math.min(both[0].end, both[1].end),
  }),
  between: both.map((one) => ({
    type: one.what,
    id: one.id === tried ? null : printedReference(view, one.id, known),
    name: one.what === 'session' ? one.name : null,
    ...span(view, one),
  })),
})

const span = (view: Presentation, { start, end }: { start: number; end: number }) => ({
  start_datetime: printTime(view, instantOf(start)),
  end_datetime: printTime(view, instantOf(end)),
})
