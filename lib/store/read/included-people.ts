import type { Field } from '#lib/model/custom-field.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { find, required } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { findMore } from '#lib/store/find-many.ts'
import { settled } from '#lib/store/links/open-job.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { fieldsBeside } from './custom-fields.ts'

/** People with all that printing them needs: a fixed number of store calls however many they are. */
export type LoadedPerson = { person: Person; included: Included }
export type Included = {
  groups: Map<string, Group>
  fields: Field[]
  /** Sessions with their external ids; only read when the caller's system prints them. */
  sessions: Map<string, Session>
  deleting: ReadonlySet<string>
}

/** `known`: what was read in this very attempt, and need not be again. */
export async function loadIncluded(
  scope: EventScope,
  some: Pick<Person, 'groupIds' | 'agenda' | 'custom'>[],
  known?: Included,
): Promise<Included> {
  const groupIds = some.flatMap((person) => [...(person.groupIds ?? [])])
  const sessionIds = scope.system ? some.flatMap(({ agenda }) => Object.keys(agenda)) : []
  const custom = some.some((person) => Object.keys(person.custom).length > 0)
  const [groups, sessions, fields] = await Promise.all([
    findMore(scope, 'group', groupIds, known?.groups),
    findMore(scope, 'session', sessionIds, known?.sessions),
    custom ? fieldsBeside(scope, 'people', known) : [],
  ])
  return { groups, sessions, fields, deleting: scope.deleting }
}

export const loadPerson = async (
  scope: EventScope,
  person: Person,
  known?: Included,
): Promise<LoadedPerson> => ({ person, included: await loadIncluded(scope, [person], known) })

/** The person with this id of ours, unless missing or being deleted. */
export const getPerson = (scope: EventScope, id: string): Promise<Person | undefined> =>
  find(scope, people, id)

/** The same once nothing that was decided about them is left to do; throws `person_not_found`. */
export const requirePerson = (scope: EventScope, id: string | undefined): Promise<Person> =>
  settled(scope, () => required(scope, people, id))

export const requireLoaded = async (
  scope: EventScope,
  id: string | undefined,
): Promise<LoadedPerson> => loadPerson(scope, await requirePerson(scope, id))
