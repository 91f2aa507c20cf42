import type { PersonExport } from '#lib/store/read/person-export.ts'
import { printConnection } from './connection.ts'
import { printMeeting } from './meeting.ts'
import { printPerson } from './person.ts'
import { type Presentation, printTime } from './presentation.ts'
import { printProfile } from './profile.ts'
import { printTicket } from './ticket.ts'
import { printToken } from './token.ts'

/** Everything as answers print it. */
export function printExport(
  view: Presentation,
  { event, current, fields, ticket, ...held }: PersonExport,
) {
  const { person } = current
  const seen = { contact: true, availability: true, preferences: true, rejectedBy: false }
  const shown = { reader: { organiser: true }, person, connection: undefined, view: seen }
  return {
    exported_at: printTime(view, view.at),
    person: printPerson(view, current),
    picture: person.picture ? { resource_id: person.picture.id } : null,
    profile: printProfile(view, { ...shown, fields, event }),
    ticket: ticket ? printTicket(view, ticket) : null,
    connections: held.connections.map((row) => betweenTwo(printConnection(view, row))),
    meetings: held.meetings.map((row) => betweenTwo(printMeeting(event)(view, row))),
    matches: held.matches.map(({ session, other, round, at, matchStarted }) => {
      const matTimeDate = printTime(view, at)
      return { session, userIdOfMatch: other, round, matTimeDate, matchStarted }
    }),
    networking: Object.entries(person.agenda)
      .filter(([, { ready }]) => ready !== undefined)
      .map(([session, { ready }]) => ({ session, ready_after_round: ready })),
    tokens: held.tokens.map((token) => printToken(view, token)),
    schedules: held.schedules,
  }
}

/** Who rejected whom is for the two alone, and who reads an export is neither. */
const betweenTwo = <T extends { rejectedBy: string }>(printed: T): T => ({
  ...printed,
  rejectedBy: '',
})
