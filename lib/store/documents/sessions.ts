import { type Session, startOf } from '#lib/model/session.ts'
import { endDateOf, type SessionPlace } from '#lib/model/session-times.ts'
import type { Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/** A session stands in the order of the event and in its tracks, at its start. Who attends stands with the people. */
export const sessions: Kind<Session> = {
  name: 'session',
  missing: 'session_not_found',
  key: keys.session,
  owns: (scope, id) => [sets.attendees(scope, id)],
  under: (scope, id) => [
    keys.attendees(scope, id),
    keys.attendeeBuckets(scope, id),
    keys.seats(scope, id).pk,
    keys.pairs(scope, id),
    keys.scans(scope, id),
  ],
  derived: (scope, session) => [
    {
      ...keys.sessionOrder(scope, startOf(session), session.id),
      values: placeOf(session),
      keptBy: { set: sets.sessionsOn(scope, session.date), id: session.id },
    },
    ...(session.roomId === undefined
      ? []
      : [
          {
            ...keys.roomSession(scope, session.roomId, startOf(session), session.id),
            values: placeOf(session),
          },
        ]),
    ...session.trackIds.map((track) => ({
      ...keys.trackSession(scope, track, session.id),
      values: { at: startOf(session) },
      in: sets.trackSessions(scope, track),
    })),
    ...externalRows(scope, 'session', session),
  ],
  counted: (scope, { date }) => [sets.sessionsOn(scope, date)],
  // Roles are told of with the people who have them.
  telling: { silent: ['roles'] },
}

/** What lists of sessions that are on or to come know without reading each. */
const placeOf = (session: Session): SessionPlace => ({
  id: session.id,
  format: session.format,
  ...(session.status && { status: session.status }),
  till: `${endDateOf(session)}T${session.end}`,
})
