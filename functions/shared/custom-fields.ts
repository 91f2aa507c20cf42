import { pageOfList } from '#lib/base/page.ts'
import { resourceRoutes } from '#lib/http/resource-routes.ts'
import type { Route } from '#lib/http/route.ts'
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

/** The custom field routes of people or of sessions: same shape, same verbs. */
export function customFieldRoutes(of: FieldOwner, tag: string): Route[] {
  const verbs = fieldVerbs(of)
  return resourceRoutes<Field, Field, typeof FieldBody>({
    tag,
    path: `/events/{event}/${of}/custom_fields`,
    operation: of === 'people' ? 'PeopleField' : 'SessionField',
    summaries: {
      list: `List the custom fields of ${of}`,
      create: `Define a custom field of ${of}`,
      get: `Read a custom field of ${of}`,
      replace: `Replace a custom field of ${of}, or create it under an external id`,
      change: `Change a custom field of ${of}`,
      remove: `Delete a custom field of ${of} and its values`,
    },
    wrapper: 'custom_field',
    body: FieldBody,
    answer: FieldAnswer,
    example: { field_name: 'T-shirt size', view_permission: 'Organizer' },
    createRefusals: ['too_many_objects'],
    list: async (scope, wanted) => pageOfList(await listFields(scope, of), ({ id }) => id, wanted),
    order: 'field',
    param: 'field',
    missing: 'custom_field_not_found',
    resolve: ({ scope, params }) => resolveId(scope, 'field', params.field ?? ''),
    read: (scope, id) => requireField(scope, of, id),
    print: printField,
    idField: 'custom_field_id',
    idIn: ({ custom_field_id }) => custom_field_id,
    create: (_, scope, body, upsert) => verbs.create(scope, fieldFields(body), upsert),
    update: (_, scope, { id, body, precondition }) =>
      verbs.update(scope, id, (current) => fieldFields(body(current)), precondition),
    patchTarget: (_, current) => fieldPatchTarget(current),
    remove: verbs.remove,
  })
}
