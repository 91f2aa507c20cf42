import type { Organisation } from '#lib/model/organisation.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { Scope } from '#lib/table/scope.ts'

/** What holds for all events of the caller's organisation. */
export async function getOrganisation(scope: Scope): Promise<Organisation> {
  const unset = { id: scope.org, allowedOrigins: [], signIn: null, vr: 0 }
  return (await getRow<Organisation>(scope, keys.organisation(scope.org))) ?? unset
}
