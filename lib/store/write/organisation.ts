import type { Organisation, OrganisationFields } from '#lib/model/organisation.ts'
import type { Precondition } from '#lib/store/document.ts'
import { getOrganisation } from '#lib/store/read/organisation.ts'
import { isSame } from '#lib/store/same.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { Scope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'

/** Sets what holds for all events of the organisation, with the rows by which it is found. */
export const updateOrganisation = (
  scope: Scope,
  fields: (current: Organisation) => OrganisationFields,
  precondition: Precondition<Organisation>,
): Promise<Organisation> =>
  retryOnConflict(scope, async () => {
    const before = await getOrganisation(scope)
    precondition(before)
    const wanted = { ...before, ...fields(before) }
    if (isSame(before, wanted)) return commit(scope, [], before)
    const after = { ...wanted, vr: before.vr + 1 }
    const when = before.vr === 0 ? { exists: false } : { vr: before.vr }
    const row = put({ ...keys.organisation(scope.org), ...after }, when, 'conflict')
    return commit(scope, [row, ...rowWrites(before, after)], after)
  })

function rowWrites(before: Organisation, after: Organisation): Write[] {
  const [had, has] = [rowsOf(before), rowsOf(after)]
  const missing = (rows: Key[], others: Key[]) =>
    rows.filter((row) => !others.some(({ pk }) => pk === row.pk))
  return [
    ...missing(had, has).map((row) => remove(row)),
    ...missing(has, had).map((row) => put({ ...row, org: after.id })),
  ]
}

const rowsOf = ({ id, allowedOrigins, signIn }: Organisation): Key[] => [
  ...allowedOrigins.map((origin) => keys.origin(origin, id, '')),
  ...(signIn ? [keys.signIn(signIn.issuer, id, '')] : []),
]
