import { ApiError } from '#lib/base/errors.ts'
import { looksLikeId, newId } from '#lib/base/ids.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import type { CountedGroup, Group } from '#lib/model/group.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { born, type Precondition } from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { withNewGroup } from '#lib/store/links/changeset.ts'
import { commitLinks } from '#lib/store/links/commit-links.ts'
import { changeSettled, whenSettled } from '#lib/store/links/open-job.ts'
import { newJob } from '#lib/store/queue.ts'
import { countGroup } from '#lib/store/read/groups.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type GroupFields = Pick<Group, 'name' | 'color' | 'note'> & { externalIds?: SentIds }

/**
 * Makes a group with its members: `membersNow` gives the ids of people who are there, and is asked anew when somebody
 * came between. `upsert`: the external ids of the path.
 */
export function createGroup(
  scope: EventScope,
  { externalIds, ...own }: GroupFields,
  membersNow: () => Promise<string[]>,
  upsert: ExternalId[] = [],
): Promise<CountedGroup> {
  checkName(own.name)
  const ids = firstExternalIds(externalIds, upsert)
  const id = newId('group')
  const group: Group = { ...own, ...born(), id, type: 'custom', externalIds: ids }
  return whenSettled(scope, async () => {
    const members = await membersNow()
    return commitLinks(scope, {
      owner: { kind: 'group', id },
      begin: (job) => withNewGroup(scope, { ...group, ...(job !== undefined && { open: job }) }),
      links: members.map((person) => ({
        link: { kind: 'member', person, group: id },
        added: true,
      })),
      more: [],
      made: async () => ({ group, members: members.length }),
    })
  })
}

export const updateGroup = (
  scope: EventScope,
  id: string,
  fields: (current: Group) => GroupFields,
  precondition: Precondition<CountedGroup>,
): Promise<CountedGroup> =>
  changeSettled(scope, groups, id, async (before, next) => {
    const counted = await countGroup(scope, before)
    precondition(counted)
    const { externalIds, ...own } = fields(before)
    checkName(own.name)
    if (before.type !== 'custom' && own.name !== before.name) {
      throw new ApiError('builtin_group', { field: 'group_name' })
    }
    const group = next({ ...own, externalIds: nextExternalIds(externalIds, before) })
    return { after: group, made: { ...counted, group } }
  })

/** Deletes a group: nobody is in it from then on; a job takes it out of its members. */
export const deleteGroup = (
  scope: EventScope,
  id: string,
  precondition: Precondition<CountedGroup>,
): Promise<CountedGroup> =>
  changeSettled(scope, groups, id, async (before) => {
    const counted = await countGroup(scope, before)
    precondition(counted)
    if (before.type !== 'custom') throw new ApiError('builtin_group')
    const job = newJob(scope, 'delete-group', { group: id })
    return { after: undefined, made: counted, more: [...markDeleting(scope, id), ...job.writes] }
  })

function checkName(name: string): void {
  if (looksLikeId(name)) throw new ApiError('reserved_name', { field: 'group_name' })
}
