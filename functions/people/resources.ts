import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { ok, preconditionOf, write } from '#lib/http/answer.ts'
import { commaList, type PageQuery, pageOf, pageQuery, record, wordQuery } from '#lib/http/page.ts'
import { handlersOf, type Resource } from '#lib/http/resource.ts'
import { type Answer, type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { Person } from '#lib/model/person.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import {
  getPerson,
  type LoadedPerson,
  loadIncluded,
  requireLoaded,
  requirePerson,
} from '#lib/store/read/included-people.ts'
import { listPeople } from '#lib/store/read/people.ts'
import { deletePerson } from '#lib/store/write/delete-person.ts'
import { createPerson, updatePerson } from '#lib/store/write/people.ts'
import { printDoorPerson } from '#lib/wire/door-person.ts'
import {
  PeopleAnswer,
  PeopleAtDoor,
  PersonAnswer,
  PersonBody,
  personNullMeans,
  personPatchTarget,
  printPerson,
} from '#lib/wire/person.ts'
import { personChange, withPictureNamed } from '#lib/wire/person-body.ts'
import { type Presentation, printedId } from '#lib/wire/presentation.ts'

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
  'schedule_conflict',
  'too_many_objects',
  'too_large',
  'picture_url_refused',
  'picture_fetch_failed',
  'invalid_picture',
  'picture_too_large',
  'invalid_trim',
  'trim_required',
] as const

const idOf = ({ scope, params }: EventCall) => resolveId(scope, 'person', params.person ?? '')

export const personResource: Resource<LoadedPerson, LoadedPerson, PersonBody> = {
  param: 'person',
  missing: 'person_not_found',
  resolve: idOf,
  read: requireLoaded,
  print: printPerson,
  idField: 'person_id',
  idIn: ({ person_id }) => person_id,
  create: ({ path }, scope, body, upsert) =>
    createPerson(scope, () => personChange(scope, body, path), upsert),
  update: ({ path }, scope, { id, body, precondition }) => {
    const wanted = async (current: LoadedPerson) =>
      personChange(scope, body(current), path, { current: current.person })
    return updatePerson(scope, id, wanted, precondition)
  },
  patchTarget: ({ view }, current) => personPatchTarget(view, current),
  remove: (scope, id, precondition) => deletePerson(scope, id, false, precondition),
}
const handlers = handlersOf(personResource)

/** No address holds a blank, but a query makes one of every `+` that was not escaped. */
const emailList = v.pipe(
  commaList,
  v.check(
    (items) => items.every((item) => !/\s/.test(item)),
    'There is a blank inside an address: in a query, + is sent as %2B.',
  ),
)

type Filters = Record<'ids' | 'emails' | 'groups', string[] | undefined>
type Listing = EventCall<PageQuery & { q?: string | undefined } & Filters>

/** A door finds people by words and by nothing else, and is told as little of them as a scan tells. */
async function foundAtDoor(call: Listing): Promise<Answer> {
  const { scope, query } = call
  const { q, ids, emails, groups } = query
  if (q === undefined || ids || emails || groups) throw new ApiError('forbidden')
  const found = await listPeople(scope, { q }, pageOf(query, 'keys'))
  const print = (view: Presentation, person: Person) => printDoorPerson(view, person, scope)
  return record(call, 'people_list', print, found)
}

/** What is answered about somebody who is erased must not name them. */
const ErasedAnswer = v.object({ person_id: v.string(), erased: v.literal(true) })

export const peopleRoutes: Route[] = [
  eventRoute({
    id: 'listPeople',
    method: 'get',
    path,
    tag,
    summary: 'List people, all or those that filters name',
    description:
      'Scanners send `q` alone, and are given `person_id`, `first_name`, `last_name`, `company`, `title` and `picture_url` of each.',
    right: 'door',
    query: {
      ids: v.optional(commaList),
      emails: v.optional(emailList),
      groups: v.optional(commaList),
      q: v.optional(wordQuery),
      ...pageQuery(),
    },
    returns: PeopleAnswer,
    returnsLess: PeopleAtDoor,
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const { scope, query, token } = call
      if (token.role === 'scanner') return foundAtDoor(call)
      const order = query.q === undefined ? 'person' : 'keys'
      const found = await listPeople(scope, query, pageOf(query, order))
      const included = await loadIncluded(scope, found.rows)
      const print = (view: Presentation, person: Person) => printPerson(view, { person, included })
      return record(call, 'people_list', print, found)
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
      return handlers.create(call)
    },
  }),
  eventRoute({
    id: 'getPerson',
    method: 'get',
    path: one,
    names: 'person',
    tag,
    summary: 'Read a person',
    right: 'event:read',
    returns: PersonAnswer,
    errors: ['person_not_found'],
    handle: handlers.get,
  }),
  eventRoute({
    id: 'replacePerson',
    method: 'put',
    path: one,
    names: 'person',
    tag,
    summary: 'Replace a person, or create one under an external id',
    right: 'event:write',
    body: { wrapper: 'person', schema: PersonBody, nullMeans: personNullMeans },
    returns: PersonAnswer,
    errors: [...bodyErrors, 'person_not_found', 'id_mismatch', 'precondition_failed'],
    example,
    handle: handlers.replace,
  }),
  eventRoute({
    id: 'changePerson',
    method: 'patch',
    path: one,
    names: 'person',
    tag,
    summary: 'Change some fields of a person',
    right: 'event:write',
    body: { wrapper: 'person', schema: PersonBody, mode: 'patch', nullMeans: personNullMeans },
    returns: PersonAnswer,
    errors: [...bodyErrors, 'person_not_found', 'id_mismatch', 'precondition_failed'],
    example: { person: { profile: { company: 'Analytical Engines' } } },
    handle: (call) => {
      // In a merged patch the picture is named, unless null took it away.
      const onto = (current: Record<string, unknown>) => withPictureNamed(call.body.onto(current))
      return handlers.change({ ...call, body: { ...call.body, onto } })
    },
  }),
  eventRoute({
    id: 'deletePerson',
    method: 'delete',
    path: one,
    names: 'person',
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
      if (call.query.erase !== 'true') return handlers.remove(call)
      const { id } = await requirePerson(call.scope, await idOf(call))
      const precondition = preconditionOf(call, printPerson)
      const erased = ({ person }: LoadedPerson) =>
        ok({ person_id: printedId(call.view, person), erased: true })
      return write(call, erased, (scope) => deletePerson(scope, id, true, precondition))
    },
  }),
]

/** A POST that names somebody who is there already creates nobody. */
async function refuseKnown({ scope }: EventCall, sent: string): Promise<void> {
  const id = await resolveId(scope, 'person', sent)
  if (id && (await getPerson(scope, id)))
    throw new ApiError('person_exists', { field: 'person_id' })
}
