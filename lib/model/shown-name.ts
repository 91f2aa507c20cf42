import type { Person } from './person.ts'
import { hides } from './privacy.ts'

export type Named = Pick<Person, 'firstName' | 'lastName' | 'profile'>

/** What programmes and calendars of others call somebody; nothing for whoever is not to be shown. */
export const shownName = ({ firstName, lastName, profile }: Named): string =>
  hides(profile) ? '' : `${firstName} ${lastName}`.trim()

/**
 * Sessions in which somebody has a role, and booked meetings, whose entries call them otherwise than before. Whoever gets
 * a role changes the session itself.
 */
export function renamedIn(before: Person, after: Person): string[] {
  if (shownName(before) === shownName(after)) return []
  return [...rolesIn(after).filter((id) => id in before.agenda), ...Object.keys(after.booked ?? {})]
}

/** Whether somebody with a role is shown with another company, title or picture than before. */
export const isReshown = (before: Person, after: Person): boolean =>
  rolesIn(after).some((id) => id in before.agenda) &&
  (before.company !== after.company ||
    before.title !== after.title ||
    before.picture?.key !== after.picture?.key ||
    before.hidden !== after.hidden)

const rolesIn = ({ agenda }: Person): string[] =>
  Object.entries(agenda).flatMap(([session, { roles }]) => (roles.length > 0 ? session : []))
