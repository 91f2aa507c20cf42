import type { Person } from './person.ts'

/** By what a person who is gone can still be found in texts kept elsewhere. */
export type Identifiers = {
  email: string
  names: string[]
  externalIds: string[]
  picture?: string
}

export const identifiersOf = (person: Person): Identifiers => ({
  email: person.email,
  names: [person.firstName, person.lastName].filter((name) => name !== ''),
  externalIds: person.externalIds.map(({ id }) => id),
  ...(person.picture && { picture: person.picture.id }),
})
