import { newHex } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type {
  AccessGroup,
  AccessGroupFields,
  GroupUser,
  Invitation,
  Membership,
} from '#lib/model/schedule.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { userCount } from '#lib/store/read/access-groups.ts'
import { sets } from '#lib/store/sets.ts'
import { nextNumber } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import { countIn, cutGrown, openSegments, segmentsOf } from '#lib/table/ordered-count.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put } from '#lib/table/writes.ts'
import { eventLives } from './event-lives.ts'

// By hand: groups and users have integer ids and never change or go but with their event.

/** Makes a group with a new access key while the event lives. */
export async function createAccessGroup(
  scope: EventScope,
  fields: AccessGroupFields,
): Promise<AccessGroup> {
  const id = await nextNumber(scope, 'access-group')
  const at = now()
  const group: AccessGroup = { ...fields, id, accessKey: newHex(16), createdAt: at, updatedAt: at }
  const key = keys.scheduleGroup(scope, id)
  const access = keys.scheduleAccess(scope, group.accessKey)
  const users = userCount(scope)
  const isOpen = check({ pk: users.segments, sk: '!' }, { exists: true }, 'conflict')
  return retryOnConflict(scope, () =>
    commit(
      scope,
      [
        eventLives(scope),
        put({ ...key, ...group, kind: 'access_group' }, { exists: false }, 'conflict'),
        put({ ...access, group: id }, { exists: false }, 'conflict'),
        ...countedWrites([{ set: sets.accessGroups(scope), id: key.sk, by: 1 }]),
        { ...openSegments(users), orFail: () => isOpen },
      ],
      group,
    ),
  )
}

/** Lets an e-mail address into a group, once: flags that are not given are the group's. */
export async function joinAccessGroup(
  scope: EventScope,
  group: AccessGroup,
  invitation: Invitation,
): Promise<Membership> {
  const user = newUser(group, invitation, await nextNumber(scope, 'group-user'))
  const users = userCount(scope)
  const key = keys.scheduleUser(scope, user.id)
  const email = keys.scheduleEmail(scope, user.email, group.id)
  const taken = { error: 'email_already_invited', detail: { field: 'email' } } as const
  return retryOnConflict(scope, async () => {
    const segments = await segmentsOf(scope, users, [key.sk])
    const made = await commit(
      scope,
      [
        eventLives(scope),
        check(keys.scheduleGroup(scope, group.id), { exists: true }, 'access_group_not_found'),
        put({ ...email, user: user.id }, { exists: false }, taken),
        put({ ...key, ...user, kind: 'group_user' }, { exists: false }, 'conflict'),
        ...countedWrites([{ set: sets.accessUsers(scope), id: key.sk, by: 1 }]),
        ...countIn(users, segments, [key.sk]),
      ],
      { user, group },
    )
    await cutGrown(scope, users, segments, [key.sk])
    return made
  })
}

function newUser(group: AccessGroup, invitation: Invitation, id: number): GroupUser {
  const at = now()
  return {
    id,
    group: group.id,
    email: invitation.email,
    name: invitation.name,
    isText: invitation.isText ?? group.isText,
    isVideo: invitation.isVideo ?? group.isVideo,
    isChat: invitation.isChat ?? group.isChat,
    isCameo: group.isCameo,
    accessToken: newHex(16),
    invitedAt: at,
    firstInvitedAt: at,
    createdAt: at,
    updatedAt: at,
  }
}
