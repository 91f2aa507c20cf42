import { limits } from '#lib/base/limits.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { listFields } from './custom-fields.ts'
import { listGroups } from './groups.ts'
import { listPeople } from './people.ts'

export type PeopleOverview = Awaited<ReturnType<typeof loadPeopleOverview>>

/** Numbers of people, groups and fields, with the first 1,000 groups and every field. */
export async function loadPeopleOverview(scope: EventScope) {
  const [groups, fields, people] = await Promise.all([
    listGroups(scope, { limit: limits.pageLimit.value, offset: 0 }),
    listFields(scope, 'people'),
    listPeople(scope, {}, { limit: 1, offset: 0 }),
  ])
  return { groups, fields, people: people.total }
}
