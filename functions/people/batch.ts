import { ApiError } from '#lib/base/errors.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import { attempt } from '#lib/http/attempt.ts'
import { columnsOf } from '#lib/http/batch/columns.ts'
import { runPlaces } from '#lib/http/batch/place.ts'
import { type BatchRoute, batchRoute } from '#lib/http/batch/route.ts'
import type { RowResult } from '#lib/http/batch/row.ts'
import { type Batch, type BatchKind, created, type NewRow, runBatch } from '#lib/http/batch/run.ts'
import { listFields } from '#lib/store/read/custom-fields.ts'
import { requireGroup } from '#lib/store/read/groups.ts'
import type { LoadedPerson } from '#lib/store/read/included-people.ts'
import { createPeople, type NewPerson } from '#lib/store/write/create-people.ts'
import { MemberRow } from '#lib/wire/group.ts'
import { PersonBody, personNullMeans } from '#lib/wire/person.ts'
import { personChange, withPictureNamed } from '#lib/wire/person-body.ts'
import { personResource } from './resources.ts'

const people: BatchKind<LoadedPerson, LoadedPerson, PersonBody> = {
  kind: 'person',
  schema: PersonBody,
  nullMeans: personNullMeans,
  idField: 'person_id',
  email: ['profile', 'email_address'],
  resource: personResource,
  document: ({ person }) => person,
  merged: withPictureNamed,
  createMany,
}

const members = {
  row: MemberRow,
  idField: 'member_id',
  email: ['member_email'] as string[],
  already: 'already_member',
  absent: 'not_a_member',
} as const

export const peopleBatchRoutes: BatchRoute[] = [
  batchRoute({
    id: 'batchPeople',
    path: '/events/{event}/people/resources/batch',
    tag: 'People',
    summary: 'Create and change up to 1,000 people at once',
    right: 'event:write',
    row: PersonBody,
    wrapper: 'person',
    keys: ['external', 'email', 'id'],
    columns: async ({ scope }) => columnsOf(PersonBody, await listFields(scope, 'people')),
    run: (batch, rows) => runBatch(batch, people, rows),
    example: {
      rows: [
        {
          external_ids: [{ id_system: 'crm', id: '10042' }],
          profile: { first_name: 'Ada', last_name: 'Byron', email_address: 'ada@example.com' },
        },
      ],
    },
  }),
  batchRoute({
    id: 'batchGroupMembers',
    path: '/events/{event}/people/groups/{group}/members/batch',
    tag: 'People',
    summary: 'Put up to 1,000 people into a group at once',
    right: 'attendance:write',
    row: MemberRow,
    keys: ['external', 'email', 'id'],
    errors: ['group_not_found', 'builtin_group'],
    columns: async () => columnsOf(MemberRow, []),
    run: async (batch, rows) => {
      const { scope, params } = batch.call
      const { id: group, type } = await requireGroup(scope, params.group ?? '')
      if (type !== 'custom') throw new ApiError('builtin_group')
      return runPlaces(
        batch,
        { ...members, linkOf: (person) => ({ kind: 'member', person, group }) },
        rows,
      )
    },
    example: { rows: [{ member_email: 'ada@example.com' }] },
  }),
]

/** People without relations share transactions; whoever cannot be made so is made alone. */
async function createMany(
  batch: Batch,
  rows: NewRow<PersonBody>[],
): Promise<(RowResult | undefined)[]> {
  const { call, scope } = batch
  const known = listFields(scope, 'people')
  const wanted = await inParallel(rows, 8, ({ body, upsert }) =>
    attempt(async () => {
      const change = await personChange(scope, body, call.path, { fields: () => known })
      return { change, upsert }
    }),
  )
  const good = wanted.filter((one): one is NewPerson => !(one instanceof ApiError))
  const made = await createPeople(scope, good)
  const results = new Map(good.map((one, n) => [one, made[n]]))
  return wanted.map((one) => {
    if (one instanceof ApiError) return one
    const result = results.get(one)
    return result instanceof ApiError || !result ? result : created(batch, result)
  })
}
