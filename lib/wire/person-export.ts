import * as v from 'valibot'
import type { PersonExport } from '#lib/store/export/person-export.ts'
import type { LoadedMeeting } from '#lib/store/read/meetings.ts'
import { printCheckin } from './checkin.ts'
import { printConnection } from './connection.ts'
import { printMeeting } from './meeting.ts'
import { PersonAnswer, printPerson } from './person.ts'
import { momentOf, type Presentation, printTime } from './presentation.ts'
import { ProfileAnswer, printProfile } from './profile.ts'
import { printTicket } from './ticket.ts'
import { printToken } from './token.ts'

const anything = v.record(v.string(), v.unknown())
const rows = v.array(anything)

/** Everything held about one person. */
export const ExportAnswer = v.object({
  exported_at: v.union([v.string(), v.number()]),
  person: PersonAnswer,
  picture: v.nullable(anything),
  profile: ProfileAnswer,
  ticket: v.nullable(anything),
  connections: rows,
  meetings: rows,
  meetings_number: v.number(),
  matches: rows,
  networking: rows,
  waitlist: rows,
  badge: v.nullable(v.object({ issued_at: v.union([v.string(), v.number()]) })),
  checkins: rows,
  tokens: rows,
  schedules: rows,
})

/** Everything as answers print it. */
export function printExport(
  view: Presentation,
  { event, current, fields, ticket, ...held }: PersonExport,
) {
  const { person } = current
  const seen = { contact: true, availability: true, preferences: true, rejectedBy: false }
  const meetings = fitting(held.meetings)
  const shown = { reader: { organiser: true }, person, connection: undefined, view: seen }
  const around = { person: undefined, sessions: new Map(), deleting: new Set<string>() }
  return {
    exported_at: momentOf(view),
    person: printPerson(view, current),
    picture: person.picture ? { resource_id: person.picture.id } : null,
    profile: printProfile(view, { ...shown, fields, event }),
    ticket: ticket ? printTicket(view, ticket) : null,
    connections: held.connections.map((row) => betweenTwo(printConnection(view, row))),
    meetings: meetings.map((row) => betweenTwo(printMeeting(event)(view, row))),
    meetings_number: held.meetings.length,
    matches: held.matches.map(({ session, other, round, at, matchStarted }) => {
      const matTimeDate = printTime(view, at)
      return { session, userIdOfMatch: other, round, matTimeDate, matchStarted }
    }),
    networking: Object.entries(person.agenda)
      .filter(([, { ready }]) => ready !== undefined)
      .map(([session, { ready }]) => ({ session, ready_after_round: ready })),
    waitlist: held.waits.map(({ session, position }) => ({ session, position })),
    badge: held.badge ? { issued_at: printTime(view, held.badge.issuedAt) } : null,
    checkins: held.scans.map((scan) => {
      const { person: _, ...seen } = printCheckin(view, scan, around)
      return seen
    }),
    tokens: held.tokens.map((token) => printToken(view, token)),
    schedules: held.schedules,
  }
}

/** Who rejected whom is for the two alone, and who reads an export is neither. */
const betweenTwo = <T extends { rejectedBy: string }>(printed: T): T => ({
  ...printed,
  rejectedBy: '',
})

const mostMeetings = 2_000
const noteBytes = 2_000_000

/** What others send must not make an export too large to be answered: the latest meetings, and notes while they fit. */
function fitting(meetings: LoadedMeeting[]): LoadedMeeting[] {
  const latest = meetings
    .toSorted((a, b) => (a.meeting.createdAt < b.meeting.createdAt ? 1 : -1))
    .slice(0, mostMeetings)
  let left = noteBytes
  const fits = new Map<LoadedMeeting, boolean>()
  for (const one of latest) {
    left -= Buffer.byteLength(one.meeting.note)
    fits.set(one, left >= 0)
  }
  return meetings
    .filter((one) => fits.has(one))
    .map((one) => (fits.get(one) ? one : { ...one, meeting: { ...one.meeting, note: '' } }))
}
