import { ApiError } from '#lib/base/errors.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { ExternalKind } from '#lib/model/external-id.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import { type Documents, findMany } from '#lib/store/find-many.ts'
import type { EventScope } from '#lib/table/scope.ts'

type Referable = keyof Documents & ExternalKind

/**
 * The objects that a body refers to, in its order. Foreign, missing and vanishing ones are the same
 * `invalid_reference`, naming the entry by `fieldOf`.
 */
export async function resolveReferences<K extends Referable>(
  scope: EventScope,
  kind: K,
  sent: string[],
  fieldOf: (n: number) => string,
): Promise<Documents[K][]> {
  const ids = await resolveIds(scope, kind, sent)
  const rows = await findMany(
    scope,
    kind,
    ids.filter((id) => id !== undefined),
  )
  return ids.map((id, n) => {
    const row = id === undefined ? undefined : rows.get(id)
    if (!row) {
      throw new ApiError('invalid_reference', unknownReference(kind, sent[n] ?? '', fieldOf(n)))
    }
    return row
  })
}
