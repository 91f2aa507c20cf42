import { ApiError } from '#lib/base/errors.ts'
import { canonicalName } from '#lib/base/text.ts'
import type { Group } from '#lib/model/group.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** The group a path names: by id first, then by its exact name (contract §3). */
export async function requireGroup(
  scope: EventScope,
  sent: string,
  system: string | undefined,
): Promise<Group> {
  const id = (await resolveId(scope, 'group', sent, system)) ?? (await idByName(scope, sent))
  const group = id && !scope.deleting.has(id) && (await getRow<Group>(scope, keys.group(scope, id)))
  if (!group) throw new ApiError('group_not_found')
  return group
}

async function idByName(scope: EventScope, name: string): Promise<string | undefined> {
  if (name.length > 1024) return undefined
  const row = await getRow<{ to: string; name: string }>(
    scope,
    keys.groupName(scope, canonicalName(name)),
  )
  return row && row.name === name.normalize('NFC') ? row.to : undefined
}
