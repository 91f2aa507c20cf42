import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { effect, ok, single } from '#lib/http/answer.ts'
import { commaList, pageOf, pageQuery, record } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import { visibleValues } from '#lib/model/custom-values.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { getPerson, type LoadedPerson, loadIncluded } from '#lib/store/read/included-people.ts'
import { listPeople } from '#lib/store/read/people.ts'
import {
  createPerson,
  deletePerson,
  requireLoaded,
  requirePerson,
  updatePerson,
} from '#lib/store/write/people.ts'
import {
  PeopleAnswer,
  PersonAnswer,
  PersonBody,
  personNullMeans,
  personPatchTarget,
  printPerson,
} from '#lib/wire/person.ts'
import { learn, type Presentation, printId } from '#lib/wire/presentation.ts'

const tag = 'People'
const path = '/events/{event}/people/resources'
const one = `${path}/{person}`
const example = {
  person: {
    external_ids: [{ id_system: 'crm', id: '10042' }],
    profile: { first_name: 'Ada', last_name: 'Byron', email_address: 'ada@example.com' },
  },
}
const bodyErrors = [
  'invalid_reference',
  'builtin_group',
  'unknown_custom_field',
  'duplicate_email',
  'duplicate_external_id',
  'reserved_id',
  'reserved_id_system',
  'session_full',
  'too_many_objects',
  'too_large',
  'picture_url_refused',
  'picture_fetch_failed',
  'invalid_picture',
  'picture_too_large',
  'invalid_trim',
  'trim_required',
] as const

const idOf = ({ scope, params, view }: EventCall) =>
  resolveId(scope, 'person', params.person ?? '', view.system)

/** What is answered about somebody who is erased must not name them. */
const ErasedAnswer = v.object({ person_id: v.string(), erased: v.literal(true) })

export const peopleRoutes: Route[] = [
  eventRoute({
    id: 'listPeople',
    method: 'get',
    path,
    tag,
    summary: 'List people, all or those that filters name',
    right: 'event:read',
    query: {
      ids: v.optional(commaList),
      emails: v.optional(commaList),
      groups: v.optional(commaList),
      ...pageQuery(),
    },
    returns: PeopleAnswer,
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { scope, view, query } = call
      const found = await listPeople(scope, query, pageOf(query, 'person'), view.system)
      const { total, rows, last = rows.at(-1)?.id, read } = found
      const included = await loadIncluded(scope, rows, view)
      const print = rows.map((person) => printPerson(view, { person, included }))
      return record(call, 'people_list', print, total, last, read)
    },
  }),
  eventRoute({
    id: 'createPerson',
    method: 'post',
    path,
    tag,
    summary: 'Create a person',
    right: 'event:write',
    body: { wrapper: 'person', schema: PersonBody, nullMeans: personNullMeans },
    returns: PersonAnswer,
    errors: [...bodyErrors, 'person_exists'],
    example,
    handle: async (call) => {
      if (call.body.person_id) await refuseKnown(call, call.body.person_id)
      const external = externalFromBody(call.body.person_id, 'person_id', call)
      return createPerson(call, call.body, effect(call, printPerson).reply, external)
    },
  }),
  eventRoute({
    id: 'getPerson',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a person',
    right: 'event:read',
    returns: PersonAnswer,
    errors: ['person_not_found'],
    handle: async (call) => single(call, printPerson, await requireLoaded(call, await idOf(call))),
  }),
  eventRoute({
    id: 'replacePerson',
    method: 'put',
    path: one,
    tag,
    summary: 'Replace a person, or create one under an external id',
    right: 'event:write',
    body: { wrapper: 'person', schema: PersonBody, nullMeans: personNullMeans },
    returns: PersonAnswer,
    errors: [...bodyErrors, 'person_not_found', 'id_mismatch', 'precondition_failed'],
    example,
    handle: async (call) => {
      const { body } = call
      const id = await idOf(call)
      const writes = effect(call, printPerson)
      if (!id) {
        const external = externalFromPath(call, 'person', 'person_not_found')
        return createPerson(call, body, writes.reply, external)
      }
      checkOwnId(body.person_id, id, 'person_id', call.params.person)
      return updatePerson(call, id, () => body, writes)
    },
  }),
  eventRoute({
    id: 'changePerson',
    method: 'patch',
    path: one,
    tag,
    summary: 'Change some fields of a person',
    right: 'event:write',
    body: { wrapper: 'person', schema: PersonBody, mode: 'patch', nullMeans: personNullMeans },
    returns: PersonAnswer,
    errors: [...bodyErrors, 'person_not_found', 'id_mismatch', 'precondition_failed'],
    example: { person: { profile: { company: 'Analytical Engines' } } },
    handle: async (call) => {
      const { id } = await requirePerson(call.scope, await idOf(call))
      const change = (current: LoadedPerson) => {
        const body = call.body.onto(patchable(call.view, current))
        checkOwnId(body.person_id, id, 'person_id', call.params.person)
        return pictured(body)
      }
      return updatePerson(call, id, change, effect(call, printPerson))
    },
  }),
  eventRoute({
    id: 'deletePerson',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a person with all relations',
    description:
      'With `erase=true` nothing that names the person stays anywhere: recorded answers, their picture, names ' +
      'and addresses in usage logs go as well.',
    right: 'event:write',
    query: { erase: v.optional(v.picklist(['true', 'false'], 'Expected true or false.')) },
    returns: v.union([PersonAnswer, ErasedAnswer]),
    errors: ['person_not_found', 'precondition_failed'],
    handle: async (call) => {
      const { id } = await requirePerson(call.scope, await idOf(call))
      const erase = call.query.erase === 'true'
      const { guard, reply } = effect(call, printPerson)
      const erased = () => ok({ person_id: printId(call.view, id), erased: true })
      return deletePerson(call, id, { guard, reply: erase ? erased : reply }, erase)
    },
  }),
]

/** A POST that names somebody who is there already creates nobody (contract §3, Adding twice). */
async function refuseKnown({ scope, view }: EventCall, sent: string): Promise<void> {
  const id = await resolveId(scope, 'person', sent, view.system)
  if (id && (await getPerson(scope, id)))
    throw new ApiError('person_exists', { field: 'person_id' })
}

/** In a merged patch the picture is named, unless null took it away. */
function pictured(body: PersonBody): PersonBody {
  const { picture_resource_id: picture = null, ...profile } = body.profile ?? {}
  return { ...body, profile: { ...profile, picture_resource_id: picture } }
}

/** What a merge patch is laid onto: custom values under the keys that the caller's system uses, the picture by id. */
function patchable(view: Presentation, { person, included }: LoadedPerson) {
  for (const field of included.fields) learn(view, field.id, field.externalIds)
  const custom = visibleValues(person.custom, included.fields, (id) => printId(view, id))
  const own = personPatchTarget(person)
  const picture = person.picture && !included.deleting.has(person.picture.id) && person.picture.id
  const profile = { ...own.profile, ...(picture && { picture_resource_id: picture }) }
  return { ...own, profile, custom_fields_meta: custom }
}
