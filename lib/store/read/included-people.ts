import type { Field } from '#lib/model/custom-field.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { findMany } from './references.ts'

/** People with all that printing them needs: a fixed number of store calls however many they are. */
export type LoadedPerson = { person: Person; included: Included }
export type Included = {
  groups: Map<string, Group>
  fields: Field[]
  /** Sessions with their external ids; only read when the caller's system prints them. */
  sessions: Map<string, Session>
  deleting: ReadonlySet<string>
}

export async function loadIncluded(
  scope: EventScope,
  people: Pick<Person, 'groupIds' | 'agenda' | 'custom'>[],
  view: Pick<Presentation, 'system'>,
): Promise<Included> {
  const groupIds = people.flatMap((person) => [...(person.groupIds ?? [])])
  const sessionIds = view.system ? people.flatMap(({ agenda }) => Object.keys(agenda)) : []
  const custom = people.some((person) => Object.keys(person.custom).length > 0)
  const [groups, sessions, fields] = await Promise.all([
    findMany(scope, 'group', groupIds),
    findMany(scope, 'session', sessionIds),
    custom ? listFields(scope, 'people') : [],
  ])
  return { groups, sessions, fields, deleting: scope.deleting }
}

/** The person with this id of ours, unless missing or vanishing. */
export async function getPerson(scope: EventScope, id: string): Promise<Person | undefined> {
  if (scope.deleting.has(id)) return undefined
  return getRow<Person>(scope, keys.person(scope, id))
}
