import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { transact, update } from '#lib/table/transact.ts'
import { listFields } from './custom-fields.ts'
import { requirePerson } from './people.ts'
import { checkSize } from './person-writes.ts'

/** What a person may change of themselves (contract §8). */
export type OwnFields = Pick<
  Person,
  'firstName' | 'lastName' | 'company' | 'title' | 'about' | 'social' | 'custom' | 'profile'
>
/** The fields that people have, read only when there is a value to print. */
export const fieldsOf = async (scope: EventScope, { custom }: Pick<Person, 'custom'>) =>
  Object.keys(custom).length > 0 ? listFields(scope, 'people') : []

/** Writes what `change` makes of somebody's own fields. */
export async function updateProfile(
  scope: EventScope,
  id: string,
  change: (current: Person, fields: Field[]) => OwnFields,
  effect: Effect<{ person: Person; fields: Field[] }>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const [person, fields] = await Promise.all([
      requirePerson(scope, id),
      listFields(scope, 'people'),
    ])
    effect.guard({ person, fields })
    const own = { ...change(person, fields), updatedAt: now() }
    const next: Person = { ...person, ...own }
    checkSize(next)
    const outcome = effect.reply({ person: next, fields })
    const write = update(
      keys.person(scope, id),
      { set: own, add: { vr: 1 } },
      { vr: person.vr },
      'conflict',
    )
    await transact(scope, [write], outcome)
    return outcome
  })
}
