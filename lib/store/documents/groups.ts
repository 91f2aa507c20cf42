import { canonicalName } from '#lib/base/text.ts'
import type { Group } from '#lib/model/group.ts'
import type { Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

const taken = { error: 'duplicate_name', detail: { field: 'group_name' } } as const

/** A group has a unique name; who is in it stands with the people. */
export const groups: Kind<Group> = {
  name: 'group',
  missing: 'group_not_found',
  key: keys.group,
  set: sets.groups,
  owns: (scope, id) => [sets.members(scope, id)],
  under: (scope, id) => [keys.members(scope, id)],
  // External ids come first: of two who PUT the same at once, the second finds it made and replaces it.
  derived: (scope, group) => [
    ...externalRows(scope, 'group', group),
    {
      ...keys.groupName(scope, canonicalName(group.name)),
      values: { to: group.id, name: group.name },
      taken,
    },
  ],
}
