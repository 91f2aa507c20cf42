import * as v from 'valibot'
import type { Page } from '#lib/base/page.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import type { Listed } from '#lib/store/read/directory.ts'
import { printState } from './connection.ts'
import { type Presentation, printedId } from './presentation.ts'

const text = v.string()

export const DirectoryAnswer = v.object({
  next_cursor: v.nullable(text),
  people_list: v.array(
    v.object({
      id: text,
      firstName: text,
      lastName: text,
      company: text,
      title: text,
      photo: text,
      interests: v.array(text),
      status: v.picklist(['NONE', 'PENDING', 'ACCEPT', 'REJECT']),
    }),
  ),
})

type Around = { deleting: ReadonlySet<string>; me: string | undefined }

export const printDirectory = (
  view: Presentation,
  { rows, next }: Page<Listed>,
  { deleting, me }: Around,
) => ({
  next_cursor: next === undefined ? null : Buffer.from(next).toString('base64url'),
  people_list: rows.map(({ person, connection }) => ({
    id: printedId(view, person),
    firstName: person.firstName,
    lastName: person.lastName,
    company: person.company,
    title: person.title,
    photo: pictureUrlOf(person.picture, { deleting }),
    interests: person.profile?.interests ?? [],
    status: printState(me, connection).status,
  })),
})
