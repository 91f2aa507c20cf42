import type { Person } from '#lib/model/person.ts'
import type { MeetingOfTwo } from '#lib/store/exports/pages.ts'
import { type Presentation, printedId, printTime } from '#lib/wire/presentation.ts'

/** A meeting with both whose it is. Which of them declined is for the two alone. */
export const meetingLine = (view: Presentation, { meeting, sender, receiver }: MeetingOfTwo) => ({
  id: meeting.id,
  status: meeting.status,
  meetingStartTime: printTime(view, meeting.start),
  meetingEndTime: printTime(view, meeting.end),
  note: meeting.note,
  ...printSide(view, 'sender', sender),
  ...printSide(view, 'receiver', receiver),
  createdAt: printTime(view, meeting.createdAt),
  updatedAt: printTime(view, meeting.updatedAt),
})

const printSide = (view: Presentation, side: 'sender' | 'receiver', person: Person) => ({
  [`${side}UserId`]: printedId(view, person),
  [`${side}FirstName`]: person.firstName,
  [`${side}LastName`]: person.lastName,
  [`${side}Email`]: person.email,
  [`${side}Company`]: person.company,
})

const side = (name: string) =>
  ['UserId', 'FirstName', 'LastName', 'Email', 'Company'].map((what) => name + what)

export const meetingColumns = [
  ...['id', 'status', 'meetingStartTime', 'meetingEndTime', 'note'],
  ...side('sender'),
  ...side('receiver'),
  ...['createdAt', 'updatedAt'],
]
