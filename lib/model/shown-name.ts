import type { Person } from './person.ts'
import { privacyOf } from './privacy.ts'

export type Named = Pick<Person, 'firstName' | 'lastName' | 'profile'>

/** What the programme calls somebody who has a role in it; nothing for whoever is not to be shown. */
export function shownName({ firstName, lastName, profile = {} }: Named): string {
  const { showProfile, exposeProfileToOtherUser } = privacyOf(profile)
  return showProfile && exposeProfileToOtherUser ? `${firstName} ${lastName}`.trim() : ''
}

/**
 * Sessions in which somebody has a role, and booked meetings, whose entries call them otherwise than before. Whoever gets
 * a role changes the session itself.
 */
export function renamedIn(before: Person, after: Person): string[] {
  const isCalled = (person: Person) => `${person.firstName} ${person.lastName}`
  return [
    ...(shownName(before) === shownName(after)
      ? []
      : rolesIn(after).filter((id) => id in before.agenda)),
    ...(isCalled(before) === isCalled(after) ? [] : Object.keys(after.booked ?? {})),
  ]
}

const rolesIn = ({ agenda }: Person): string[] =>
  Object.entries(agenda).flatMap(([session, { roles }]) => (roles.length > 0 ? session : []))
