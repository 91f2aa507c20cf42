import type { LoadedPerson } from '#lib/store/read/included-people.ts'
import { printGroups, printPerson } from '#lib/wire/person.ts'
import { type Presentation, printedId } from '#lib/wire/presentation.ts'
import { type Cells, cellsOf, customCells, externalCells } from './cells.ts'
import { printChanged, valuesByName } from './names.ts'

/** A person as GET gives them, but with custom fields by their names, and documents so that they can be sent. */
export const personLine = (view: Presentation, loaded: LoadedPerson) => {
  const { person, included } = loaded
  return {
    ...printPerson(view, loaded),
    custom_fields_meta: valuesByName(view, person.custom, included.fields),
    link_docs: person.docs,
    timestamps: printChanged(view, person),
  }
}

export const personColumns = [
  'person_id',
  ...['first_name', 'last_name', 'email_address', 'company', 'title', 'about'].map(
    (name) => `profile.${name}`,
  ),
  ...['twitter_url', 'facebook_url', 'linkedin_url', 'website_url'].map(
    (name) => `profile.social_contacts.${name}`,
  ),
  ...['profile.picture_url', 'link_docs', 'groups'],
  ...['timestamps.creation_datetime', 'timestamps.update_datetime'],
]

export function personCells(view: Presentation, loaded: LoadedPerson): Cells {
  const { person, included } = loaded
  const { profile } = printPerson(view, loaded)
  const { social_contacts: contacts, ...own } = profile
  const { creation_datetime, update_datetime } = printChanged(view, person)
  return {
    ...cellsOf({
      person_id: printedId(view, person),
      ...under('profile', own),
      ...under('profile.social_contacts', contacts),
      link_docs: person.docs,
      groups: printGroups(view, loaded).map(({ group_name }) => group_name),
      ...under('timestamps', { creation_datetime, update_datetime }),
    }),
    ...externalCells(person.externalIds),
    ...customCells(valuesByName(view, person.custom, included.fields)),
  }
}

const under = <T>(prefix: string, values: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]))
