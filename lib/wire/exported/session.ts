import type { Person } from '#lib/model/person.ts'
import { roles, speaker } from '#lib/model/session.ts'
import type { LoadedSession } from '#lib/store/read/included-sessions.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { printSession } from '#lib/wire/session.ts'
import { type Cells, cellsOf, customCells, externalCells } from './cells.ts'
import { calledBy, printChanged, valuesByName } from './names.ts'

/** A session as GET gives it, but with whatever it refers to by names and e-mail addresses. */
export const sessionLine = (view: Presentation, loaded: LoadedSession) => ({
  ...printSession(view, loaded),
  ...references(view, loaded),
  session_roles: roles.flatMap(({ id, name }) => {
    const people_list = holders(view, loaded, id)
    return people_list.length === 0
      ? []
      : [{ session_role_id: id, session_role_name: name, people_list }]
  }),
  custom_fields_meta: valuesByName(view, loaded.session.custom, loaded.included.fields),
  timestamps: printChanged(view, loaded.session),
})

function references(view: Presentation, { session, included }: LoadedSession) {
  const room = session.roomId === undefined ? undefined : included.rooms.get(session.roomId)
  return {
    session_tracks: session.trackIds.flatMap((id) => {
      const track = included.tracks.get(id)
      return track ? [calledBy(view, track, track.name)] : []
    }),
    room_id: room ? calledBy(view, room, room.name) : null,
  }
}

function holders(view: Presentation, { session, included }: LoadedSession, role: string): string[] {
  const people = Object.entries(session.roles).find(([id]) => id === role)?.[1] ?? []
  const called = (person: Person) => calledBy(view, person, person.email)
  return people.flatMap((id) => {
    const person = included.people.get(id)
    return person ? [called(person)] : []
  })
}

const own = [
  ...['session_name', 'session_description', 'session_date', 'session_start_time'],
  ...['session_end_time', 'session_end_date', 'session_status', 'session_subtitle'],
  ...['session_language', 'session_format', 'location', 'capacity', 'waitlist', 'docs'],
] as const

export const sessionColumns = [
  ...['session_id', ...own, 'room_id', 'session_tracks', 'speakers'],
  ...['timestamps.creation_datetime', 'timestamps.update_datetime'],
]

export function sessionCells(view: Presentation, loaded: LoadedSession): Cells {
  const { session, included } = loaded
  const printed = printSession(view, loaded)
  const { creation_datetime, update_datetime } = printChanged(view, session)
  return {
    ...cellsOf({
      session_id: printed.session_id,
      ...Object.fromEntries(own.map((name) => [name, printed[name]])),
      ...references(view, loaded),
      speakers: holders(view, loaded, speaker),
      'timestamps.creation_datetime': creation_datetime,
      'timestamps.update_datetime': update_datetime,
    }),
    ...externalCells(session.externalIds),
    ...customCells(valuesByName(view, session.custom, included.fields)),
  }
}
