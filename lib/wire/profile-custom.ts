import type { Field } from '#lib/model/custom-field.ts'
import { customValues, type Standing, visibleValues } from '#lib/model/custom-values.ts'
import type { CustomValue } from '#lib/model/person.ts'
import { type Presentation, printedId } from './presentation.ts'

type Values = Record<string, CustomValue>
/** Somebody's custom values, the fields there are, and how who asks stands to that person. */
export type HeldValues = { custom: Values; fields: Field[]; standing: Standing }

/** The values that somebody of this standing may see, under the keys of the caller's system. */
export const shownValues = (view: Presentation, { custom, fields, standing }: HeldValues): Values =>
  visibleValues(custom, fields, (field) => printedId(view, field), standing)

/**
 * The values after the owner's patch: `sent` is what they saw with their changes in it. Only what differs is
 * judged by its edit permission (`field_forbidden`), so what GET gave can be sent back.
 */
export function editedValues(
  view: Presentation,
  held: HeldValues,
  sent: Record<string, CustomValue | null>,
): Values {
  const { custom, fields, standing } = held
  const shown = shownValues(view, held)
  const differs = (key: string) => JSON.stringify(shown[key]) !== JSON.stringify(sent[key])
  const keys = new Set([...Object.keys(shown), ...Object.keys(sent)].filter(differs))
  const changes = Object.fromEntries([...keys].map((key) => [key, sent[key] ?? null]))
  const set = customValues(changes, fields, view.system, standing)
  const cleared = new Set([...keys].filter((key) => (sent[key] ?? null) === null))
  const left = fields.filter((field) => !cleared.has(printedId(view, field)))
  const kept = left.flatMap(({ id }) => {
    const value = custom[id]
    return value === undefined ? [] : [[id, value] as const]
  })
  return { ...Object.fromEntries(kept), ...set }
}
