import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { listPeople } from '#lib/store/read/people.ts'
import { listFields } from '#lib/store/write/custom-fields.ts'
import { listGroups } from '#lib/store/write/groups.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { FieldAnswer, printField } from './custom-field.ts'
import { GroupAnswer, printGroup } from './group.ts'
import type { Presentation } from './presentation.ts'

/** Numbers of people, groups and fields, with the first 1,000 groups and every field (contract §3). */
export async function loadOverview(scope: EventScope) {
  const [groups, fields, people] = await Promise.all([
    listGroups(scope, { limit: limits.pageLimit.value, offset: 0 }),
    listFields(scope, 'people'),
    listPeople(scope, {}, { limit: 1, offset: 0 }, undefined),
  ])
  return { groups, fields, people: people.total }
}

export const OverviewAnswer = v.object({
  people_number: v.number(),
  group_number: v.number(),
  custom_field_number: v.number(),
  groups: v.array(GroupAnswer),
  custom_fields: v.array(FieldAnswer),
})

type Overview = Awaited<ReturnType<typeof loadOverview>>

export const printOverview = (view: Presentation, { groups, fields, people }: Overview) => ({
  people_number: people,
  group_number: groups.total,
  custom_field_number: fields.length,
  groups: groups.rows.map((row) => printGroup(view, row)),
  custom_fields: fields.map((field) => printField(view, field)),
})
