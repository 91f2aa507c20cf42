import type { Field } from '#lib/model/custom-field.ts'
import { customValues, type Standing, visibleValues } from '#lib/model/custom-values.ts'
import type { CustomValue } from '#lib/model/person.ts'
import { learn, type Presentation, printId } from './presentation.ts'

type Values = Record<string, CustomValue>

/** The values that somebody of this standing may see, under the keys of the caller's system. */
export function shownValues(
  view: Presentation,
  custom: Values,
  fields: Field[],
  standing: Standing,
) {
  for (const { id, externalIds } of fields) learn(view, id, externalIds)
  return visibleValues(custom, fields, (id) => printId(view, id), standing)
}

/**
 * The values after the owner's patch: `sent` is what they saw with their changes in it. Only what differs is
 * judged by its edit permission (`field_forbidden`), so what GET gave can be sent back.
 */
export function editedValues(
  view: Presentation,
  custom: Values,
  fields: Field[],
  sent: Record<string, CustomValue | null>,
  standing: Standing,
): Values {
  const shown = shownValues(view, custom, fields, standing)
  const differs = (key: string) => JSON.stringify(shown[key]) !== JSON.stringify(sent[key])
  const keys = new Set([...Object.keys(shown), ...Object.keys(sent)].filter(differs))
  const changes = Object.fromEntries([...keys].map((key) => [key, sent[key] ?? null]))
  const set = customValues(changes, fields, view.system, standing)
  const cleared = new Set([...keys].filter((key) => (sent[key] ?? null) === null))
  const kept = Object.entries(custom).filter(([id]) => !cleared.has(printId(view, id)))
  return { ...Object.fromEntries(kept), ...set }
}
