import * as v from 'valibot'
import { effect, single } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  createField,
  deleteField,
  listFields,
  requireField,
  updateField,
} from '#lib/store/write/custom-fields.ts'
import {
  FieldAnswer,
  FieldBody,
  fieldFields,
  fieldPatchTarget,
  printField,
} from '#lib/wire/custom-field.ts'

const bodyErrors = ['duplicate_external_id', 'reserved_id', 'reserved_id_system'] as const
const changeErrors = [
  ...bodyErrors,
  'custom_field_not_found',
  'id_mismatch',
  'precondition_failed',
] as const

/** The custom field routes of people or of sessions: same shape, same verbs (contract §3, §4). */
export function customFieldRoutes(of: FieldOwner, tag: string): Route[] {
  const path = `/events/{event}/${of}/custom_fields`
  const one = `${path}/{field}`
  const operation = of === 'people' ? 'PeopleField' : 'SessionField'
  const idOf = ({ scope, params, view }: EventCall) =>
    resolveId(scope, 'field', params.field ?? '', view.system)
  return [
    eventRoute({
      id: `list${operation}s`,
      method: 'get',
      path,
      tag,
      summary: `List the custom fields of ${of}`,
      right: 'event:read',
      query: pageQuery(1000),
      returns: v.array(FieldAnswer),
      errors: ['invalid_cursor'],
      handle: async (call) => {
        const { limit, offset, after = '' } = pageOf(call.query, 'field')
        const all = await listFields(call.scope, of)
        const rows = all.filter(({ id }) => id > after).slice(offset, offset + limit)
        const print = rows.map((field) => printField(call.view, field))
        return page(call, print, all.length, rows.at(-1)?.id)
      },
    }),
    eventRoute({
      id: `create${operation}`,
      method: 'post',
      path,
      tag,
      summary: `Define a custom field of ${of}`,
      right: 'event:write',
      body: { wrapper: 'custom_field', schema: FieldBody },
      returns: FieldAnswer,
      errors: [...bodyErrors, 'too_many_objects'],
      example: { custom_field: { field_name: 'T-shirt size', view_permission: 'Organizer' } },
      handle: async (call) => {
        const external = externalFromBody(call.body.custom_field_id, 'custom_field_id', call)
        const { reply } = effect(call, printField)
        return createField(call.scope, of, fieldFields(call.body), reply, external)
      },
    }),
    eventRoute({
      id: `get${operation}`,
      method: 'get',
      path: one,
      tag,
      summary: `Read a custom field of ${of}`,
      right: 'event:read',
      returns: FieldAnswer,
      errors: ['custom_field_not_found'],
      handle: async (call) =>
        single(call, printField, await requireField(call.scope, of, await idOf(call))),
    }),
    eventRoute({
      id: `replace${operation}`,
      method: 'put',
      path: one,
      tag,
      summary: `Replace a custom field of ${of}, or create it under an external id`,
      right: 'event:write',
      body: { wrapper: 'custom_field', schema: FieldBody },
      returns: FieldAnswer,
      errors: [...changeErrors],
      handle: async (call) => {
        const { body, scope } = call
        const id = await idOf(call)
        const writes = effect(call, printField)
        if (!id) {
          const external = externalFromPath(call, 'field', 'custom_field_not_found')
          return createField(scope, of, fieldFields(body), writes.reply, external)
        }
        checkOwnId(body.custom_field_id, id, 'custom_field_id', call.params.field)
        return updateField(scope, of, id, () => fieldFields(body), writes)
      },
    }),
    eventRoute({
      id: `change${operation}`,
      method: 'patch',
      path: one,
      tag,
      summary: `Change a custom field of ${of}`,
      right: 'event:write',
      body: {
        wrapper: 'custom_field',
        schema: FieldBody,
        mode: 'patch',
        nullMeans: { external_ids: [] },
      },
      returns: FieldAnswer,
      errors: [...changeErrors],
      handle: async (call) => {
        const { id } = await requireField(call.scope, of, await idOf(call))
        const change = (current: Field) => {
          const body = call.body.onto(fieldPatchTarget(current))
          checkOwnId(body.custom_field_id, id, 'custom_field_id', call.params.field)
          return fieldFields(body)
        }
        return updateField(call.scope, of, id, change, effect(call, printField))
      },
    }),
    eventRoute({
      id: `delete${operation}`,
      method: 'delete',
      path: one,
      tag,
      summary: `Delete a custom field of ${of} and its values`,
      right: 'event:write',
      returns: FieldAnswer,
      errors: ['custom_field_not_found', 'precondition_failed'],
      handle: async (call) => {
        const { id } = await requireField(call.scope, of, await idOf(call))
        return deleteField(call.scope, of, id, effect(call, printField))
      },
    }),
  ]
}
