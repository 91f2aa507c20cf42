import * as v from 'valibot'
import type { OwnAgenda } from '#lib/store/read/own-agenda.ts'
import type { Waits } from '#lib/store/write/attendance.ts'
import { type Presentation, printedId } from './presentation.ts'

const text = v.string()

export const PlaceAnswer = v.object({ session_id: text, person_id: text, position: v.number() })

export const printPlace = (view: Presentation, { session, person, position }: Waits) => ({
  session_id: printedId(view, session),
  person_id: printedId(view, person),
  position,
})

export const OwnAgendaAnswer = v.object({
  sessions: v.array(v.object({ session_id: text, session_roles: v.array(text) })),
  waitlist: v.array(v.object({ session_id: text, position: v.number() })),
})

export const printOwnAgenda = (view: Presentation, { me, sessions, waits }: OwnAgenda) => ({
  sessions: Object.entries(me.agenda)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, { roles }]) => {
      const session = sessions.get(id)
      return session ? [{ session_id: printedId(view, session), session_roles: roles }] : []
    }),
  waitlist: waits.map(({ session, position }) => ({
    session_id: printedId(view, session),
    position,
  })),
})
