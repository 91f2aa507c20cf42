import * as v from 'valibot'
import { pageOfList } from '#lib/base/page.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { handlersOf } from '#lib/http/resource.ts'
import { eventRoute, type Route } from '#lib/http/route.ts'
import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listFields, requireField } from '#lib/store/read/custom-fields.ts'
import { fieldVerbs } from '#lib/store/write/custom-fields.ts'
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

/** The custom field routes of people or of sessions: same shape, same verbs. */
export function customFieldRoutes(of: FieldOwner, tag: string): Route[] {
  const path = `/events/{event}/${of}/custom_fields`
  const one = `${path}/{field}`
  const operation = of === 'people' ? 'PeopleField' : 'SessionField'
  const verbs = fieldVerbs(of)
  const handlers = handlersOf<Field, Field, FieldBody>({
    param: 'field',
    missing: 'custom_field_not_found',
    resolve: ({ scope, params }) => resolveId(scope, 'field', params.field ?? ''),
    read: (scope, id) => requireField(scope, of, id),
    print: printField,
    idField: 'custom_field_id',
    idIn: ({ custom_field_id }) => custom_field_id,
    create: (_, scope, body, upsert) => verbs.create(scope, fieldFields(body), upsert),
    update: (_, scope, id, body, precondition) =>
      verbs.update(scope, id, (current) => fieldFields(body(current)), precondition),
    patchTarget: (_, current) => fieldPatchTarget(current),
    remove: verbs.remove,
  })
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
        const wanted = pageOf(call.query, 'field')
        const all = await listFields(call.scope, of)
        return page(
          call,
          printField,
          pageOfList(all, ({ id }) => id, wanted),
        )
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
      handle: handlers.create,
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
      handle: handlers.get,
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
      handle: handlers.replace,
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
      handle: handlers.change,
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
      handle: handlers.remove,
    }),
  ]
}
