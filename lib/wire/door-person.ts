import * as v from 'valibot'
import type { Person } from '#lib/model/person.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import { type Presentation, printedId } from './presentation.ts'

const text = v.string()

/** All that a door tells of a person. */
export const DoorPerson = v.strictObject({
  person_id: text,
  first_name: text,
  last_name: text,
  company: text,
  title: text,
  picture_url: text,
})
/** What goes away, and is not shown. */
export type Hidden = { deleting: ReadonlySet<string> }

export const printDoorPerson = (view: Presentation, person: Person, hidden: Hidden) => ({
  person_id: printedId(view, person),
  first_name: person.firstName,
  last_name: person.lastName,
  company: person.company,
  title: person.title,
  picture_url: pictureUrlOf(person.picture, hidden),
})
