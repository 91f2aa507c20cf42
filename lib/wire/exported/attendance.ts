import { instantOf } from '#lib/base/time.ts'
import { roles } from '#lib/model/session.ts'
import type { Attended } from '#lib/store/exports/attendance-pages.ts'
import { type Presentation, printedId, printTime } from '#lib/wire/presentation.ts'

/** Somebody at the entrance, or in a session of theirs. */
export function attendanceLine(view: Presentation, row: Attended) {
  const { person, session, attends, attendance } = row
  const at = (millis: number | undefined) =>
    millis === undefined ? null : printTime(view, instantOf(millis))
  return {
    session_id: session ? printedId(view, session) : null,
    session_name: session?.name ?? null,
    session_date: session?.date ?? null,
    session_start_time: session?.start.replace(':', '-') ?? null,
    person_id: printedId(view, person),
    first_name: person.firstName,
    last_name: person.lastName,
    email_address: person.email,
    company: person.company,
    attends,
    session_roles: roles.filter(({ id }) => row.roles.includes(id)).map(({ name }) => name),
    seconds: attendance?.seconds ?? null,
    first_in: at(attendance?.firstIn),
    last_out: at(attendance?.lastOut),
  }
}

export const attendanceColumns = [
  ...['session_id', 'session_name', 'session_date', 'session_start_time'],
  ...['person_id', 'first_name', 'last_name', 'email_address', 'company'],
  ...['attends', 'session_roles', 'seconds', 'first_in', 'last_out'],
]
