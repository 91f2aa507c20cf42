import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Field, FieldOwner } from '#lib/model/custom-field.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { check, put, remove, transact } from '#lib/table/transact.ts'

export type FieldFields = Pick<Field, 'name' | 'view' | 'edit'> & {
  externalIds?: { id_system: string; id: string }[] | undefined
}

/** All custom fields of people or of sessions, in id order; at most 200. */
export const listFields = (scope: EventScope, of: FieldOwner): Promise<Field[]> =>
  queryRows<Field>(scope, { pk: keys.fields(scope, of) })

export async function requireField(scope: EventScope, of: FieldOwner, id: string | undefined) {
  const field = id && (await getRow<Field>(scope, keys.field(scope, of, id)))
  if (!field) throw new ApiError('custom_field_not_found')
  return field
}

/** Makes a field of an event that lives. Names need not differ: ids tell fields apart. */
export async function createField(
  scope: EventScope,
  of: FieldOwner,
  { externalIds, ...fields }: FieldFields,
  reply: (made: Field) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  if ((await listFields(scope, of)).length >= limits.customFields.value) {
    throw new ApiError('too_many_objects', { field: 'field_name' })
  }
  const id = newId('field')
  const sent = externalIdsOf(externalIds ?? [], undefined, 'external_ids')
  const kept = sent.filter(({ system }) => system !== upsert[0]?.system)
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const field: Field = { ...fields, ...at, id, externalIds: [...upsert, ...kept] }
  const outcome = reply(field)
  await transact(
    scope,
    [
      check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found'),
      put({ ...keys.field(scope, of, id), ...field }, { exists: false }, 'conflict'),
      ...externalWrites(scope, 'field', id, [], field.externalIds),
    ],
    outcome,
  )
  return outcome
}

export async function updateField(
  scope: EventScope,
  of: FieldOwner,
  id: string,
  change: (current: Field) => FieldFields,
  effect: Effect<Field>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await requireField(scope, of, id)
    effect.guard(current)
    const { externalIds, ...fields } = change(current)
    const field: Field = {
      ...current,
      ...fields,
      externalIds: externalIds
        ? externalIdsOf(externalIds, id, 'external_ids')
        : current.externalIds,
      updatedAt: now(),
      vr: current.vr + 1,
    }
    const outcome = effect.reply(field)
    await transact(
      scope,
      [
        put({ ...keys.field(scope, of, id), ...field }, { vr: current.vr }, 'conflict'),
        ...externalWrites(scope, 'field', id, current.externalIds, field.externalIds),
      ],
      outcome,
    )
    return outcome
  })
}

/** Deletes a field: from then on no answer shows its values; a plan removes them from the rows. */
export async function deleteField(
  scope: EventScope,
  of: FieldOwner,
  id: string,
  effect: Effect<Field>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const field = await requireField(scope, of, id)
    effect.guard(field)
    const outcome = effect.reply(field)
    await transact(
      scope,
      [
        remove(keys.field(scope, of, id), { vr: field.vr }, 'conflict'),
        ...externalWrites(scope, 'field', id, field.externalIds, []),
        newJob(scope, 'delete-field', { field: id, of }).write,
      ],
      outcome,
    )
    return outcome
  })
}
