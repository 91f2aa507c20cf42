import type { Person } from './person.ts'
import { privacyOf } from './privacy.ts'

export type Named = Pick<Person, 'firstName' | 'lastName' | 'profile'>

/** What the programme calls somebody who has a role in it; nothing for whoever is not to be shown. */
export function shownName({ firstName, lastName, profile = {} }: Named): string {
  const { showProfile, exposeProfileToOtherUser } = privacyOf(profile)
  return showProfile && exposeProfileToOtherUser ? `${firstName} ${lastName}`.trim() : ''
}

/** Whether the programme calls somebody otherwise than before. Whoever gets a role changes the session. */
export const isRenamed = (before: Person, after: Person): boolean =>
  hasRole(before) && hasRole(after) && shownName(before) !== shownName(after)

const hasRole = ({ agenda }: Person): boolean =>
  Object.values(agenda).some(({ roles }) => roles.length > 0)
