import * as v from 'valibot'
import type { PeopleOverview } from '#lib/store/read/people-overview.ts'
import { FieldAnswer, printField } from './custom-field.ts'
import { GroupAnswer, printGroup } from './group.ts'
import type { Presentation } from './presentation.ts'

export const PeopleOverviewAnswer = v.object({
  people_number: v.number(),
  group_number: v.number(),
  custom_field_number: v.number(),
  groups: v.array(GroupAnswer),
  custom_fields: v.array(FieldAnswer),
})

export const printPeopleOverview = (
  view: Presentation,
  { groups, fields, people }: PeopleOverview,
) => ({
  people_number: people,
  group_number: groups.total,
  custom_field_number: fields.length,
  groups: groups.rows.map((row) => printGroup(view, row)),
  custom_fields: fields.map((field) => printField(view, field)),
})
