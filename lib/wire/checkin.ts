import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, nameText } from '#lib/base/text.ts'
import { formatInstant, instantOf } from '#lib/base/time.ts'
import { denials, directions, entrance, type Scan, type Tally } from '#lib/model/door/scan.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import type { Attended, DoorStatus } from '#lib/store/door/read.ts'
import { DoorPerson, type Hidden, printDoorPerson } from './door-person.ts'
import { instantText, reference } from './fields.ts'
import { type Presentation, printedReference, printTime } from './presentation.ts'

const word = nameText(limits.nameLength.value)

/** A scan, as a device sends it. */
export const CheckinBody = v.pipe(
  v.strictObject({
    person: blankAsAbsent(reference),
    code: blankAsAbsent(word),
    session: blankAsAbsent(reference),
    type: v.nullish(v.picklist(directions, 'Expected entry or exit.')),
    scanned_at: blankAsAbsent(instantText),
    nonce: blankAsAbsent(word),
    device: blankAsAbsent(word),
    force: v.nullish(v.boolean()),
  }),
  v.forward(
    v.check(
      ({ person, code }) => (person === undefined) !== (code === undefined),
      'Send person or code: who it is, and not both.',
    ),
    ['code'],
  ),
)
export type CheckinBody = v.InferOutput<typeof CheckinBody>

const text = v.string()
const time = v.union([text, v.number()])

export const CheckinAnswer = v.object({
  checkin_id: text,
  status: v.picklist(['ok', 'denied']),
  reason: v.nullable(v.picklist(denials)),
  person: v.nullable(DoorPerson),
  session_id: v.nullable(text),
  type: v.picklist(directions),
  scanned_at: time,
  received_at: time,
  inside: v.boolean(),
  late: v.boolean(),
  forced: v.boolean(),
  device: v.nullable(text),
})

type Around = Hidden & { person: Person | undefined; sessions: ReadonlyMap<string, Session> }

export const printCheckin = (
  view: Presentation,
  scan: Scan,
  { person, sessions, ...hidden }: Around,
) => ({
  checkin_id: scan.id,
  status: scan.status,
  reason: scan.reason ?? null,
  person: person ? printDoorPerson(view, person, hidden) : null,
  session_id: scan.list === entrance ? null : printedReference(view, scan.list, sessions),
  type: scan.type,
  scanned_at: printTime(view, instantOf(scan.at)),
  received_at: printTime(view, instantOf(scan.received)),
  inside: scan.inside,
  late: scan.late ?? false,
  forced: scan.forced ?? false,
  device: scan.device ?? null,
})

const whole = v.pipe(v.number(), v.integer())
const counts = { inside: whole, entries: whole, people: whole, denied: whole }
export const StatusAnswer = v.object({
  event: v.object(counts),
  sessions: v.array(v.object({ session_id: text, ...counts })),
})

const printTally = ({ inside, entries, people, denied }: Tally) => ({
  inside,
  entries,
  people,
  denied,
})

export const printStatus = (
  view: Presentation,
  { entrance: event, sessions }: DoorStatus,
  known: ReadonlyMap<string, Session>,
) => ({
  event: printTally(event),
  sessions: sessions.map(({ id, tally }) => ({
    session_id: printedReference(view, id, known),
    ...printTally(tally),
  })),
})

export const AttendedAnswer = v.object({
  ...DoorPerson.entries,
  seconds: whole,
  first_in: time,
  last_out: v.nullable(time),
  intervals: v.array(v.object({ from: time, to: time })),
})

export const printAttended = (
  view: Presentation,
  { person, attendance }: Attended,
  hidden: Hidden,
) => {
  const at = (millis: number) => printTime(view, instantOf(millis))
  const { seconds, firstIn, lastOut, intervals } = attendance
  return {
    ...printDoorPerson(view, person, hidden),
    seconds,
    first_in: at(firstIn),
    last_out: lastOut === undefined ? null : at(lastOut),
    intervals: intervals.map(({ start, end }) => ({ from: at(start), to: at(end) })),
  }
}

/** One line a person, times on the clocks of the zone. */
export const attendedLine = ({ person, attendance }: Attended, zone: string) => {
  const at = (millis: number | undefined) =>
    millis === undefined ? '' : formatInstant(instantOf(millis), zone)
  return {
    person_id: person.id,
    first_name: person.firstName,
    last_name: person.lastName,
    email_address: person.email,
    company: person.company,
    seconds: attendance.seconds,
    first_in: at(attendance.firstIn),
    last_out: at(attendance.lastOut),
  }
}
