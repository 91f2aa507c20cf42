import * as v from 'valibot'
import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { pictureUrlOf } from '#lib/model/picture.ts'
import { hides } from '#lib/model/privacy.ts'
import type { Relation } from '#lib/store/read/connections.ts'
import { type Presentation, printedId, printedReference, printTime } from './presentation.ts'

export const connectionStatuses = ['PENDING', 'ACCEPT', 'REJECT'] as const

export const AnswerBody = v.strictObject({
  status: v.picklist(['ACCEPT', 'REJECT'], 'Expected ACCEPT or REJECT.'),
})

const text = v.string()
const time = v.union([v.string(), v.number()])
export const ConnectionAnswer = v.object({
  userId: text,
  firstName: text,
  lastName: text,
  photo: text,
  company: text,
  title: text,
  status: v.picklist(['NONE', ...connectionStatuses]),
  request: v.boolean(),
  rejectedBy: text,
  createdAt: time,
  updatedAt: time,
})

export function printConnection(view: Presentation, { me, other, connection, deleting }: Relation) {
  const both = new Map([me, other].map((one) => [one.id, one]))
  return {
    userId: printedId(view, other),
    ...(hides(other.profile) ? unnamed : printName(other, deleting)),
    ...printState(me.id, connection),
    rejectedBy: connection?.rejectedBy ? printedReference(view, connection.rejectedBy, both) : '',
    createdAt: connection ? printTime(view, connection.createdAt) : '',
    updatedAt: connection ? printTime(view, connection.updatedAt) : '',
  }
}

/** What tells who somebody is, and what stands in its place of whoever hides: the two may still have something. */
export const unnamed = { firstName: '', lastName: '', photo: '', company: '', title: '' }
const printName = (other: Person, deleting: ReadonlySet<string>) => ({
  firstName: other.firstName,
  lastName: other.lastName,
  photo: pictureUrlOf(other.picture, { deleting }),
  company: other.company,
  title: other.title,
})

/** The state as `me` sees it; `request`: the other has asked and waits for an answer. */
export const printState = (me: string | undefined, connection: Connection | undefined) => ({
  status: connection?.status ?? ('NONE' as const),
  request: connection?.status === 'PENDING' && connection.by !== me,
})
