import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, nameText } from '#lib/base/text.ts'
import { type Field, permissions } from '#lib/model/custom-field.ts'
import type { FieldFields } from '#lib/store/write/custom-fields.ts'
import { externalIdsField, externalIdsSchema } from './fields.ts'
import { type Presentation, printExternalIds, printedId } from './presentation.ts'

const permission = blankAsAbsent(v.picklist(permissions, `Expected ${permissions.join(', ')}.`))

/** What POST and PUT take, and PATCH after merging. */
export const FieldBody = v.strictObject({
  custom_field_id: v.nullish(v.string()),
  external_ids: externalIdsField,
  field_name: nameText(limits.nameLength.value),
  view_permission: permission,
  edit_permission: permission,
})
export type FieldBody = v.InferOutput<typeof FieldBody>

export const FieldAnswer = v.object({
  custom_field_id: v.string(),
  external_ids: externalIdsSchema,
  field_name: v.string(),
  view_permission: v.picklist(permissions),
  edit_permission: v.picklist(permissions),
})

export const fieldFields = (body: FieldBody): FieldFields => ({
  name: body.field_name,
  view: body.view_permission ?? 'Everyone',
  edit: body.edit_permission ?? 'Organizer',
  externalIds: body.external_ids ?? undefined,
})

export const fieldPatchTarget = (field: Field) => ({
  field_name: field.name,
  view_permission: field.view,
  edit_permission: field.edit,
})

export const printField = (view: Presentation, field: Field) => ({
  custom_field_id: printedId(view, field),
  external_ids: printExternalIds(field.id, field.externalIds),
  ...fieldPatchTarget(field),
})
