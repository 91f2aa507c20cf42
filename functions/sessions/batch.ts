import * as v from 'valibot'
import { columnsOf } from '#lib/http/batch/columns.ts'
import { runPlaces } from '#lib/http/batch/place.ts'
import { type BatchRoute, batchRoute } from '#lib/http/batch/route.ts'
import { type BatchKind, runBatch } from '#lib/http/batch/run.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listFields } from '#lib/store/read/custom-fields.ts'
import { type LoadedSession, requireSession } from '#lib/store/read/included-sessions.ts'
import { AttendeeRow } from '#lib/wire/attendee.ts'
import { SessionBody, sessionNullMeans } from '#lib/wire/session.ts'
import { TrackBody } from '#lib/wire/track.ts'
import { sessionResource } from './resources.ts'
import { trackResource } from './tracks.ts'

const sessions: BatchKind<LoadedSession, LoadedSession, SessionBody> = {
  kind: 'session',
  schema: SessionBody,
  nullMeans: sessionNullMeans,
  idField: 'session_id',
  resource: sessionResource,
  document: ({ session }) => session,
}

const tracks: BatchKind<CountedTrack, Track, TrackBody> = {
  kind: 'track',
  schema: TrackBody,
  nullMeans: { external_ids: [] },
  idField: 'track_id',
  resource: trackResource,
  document: (one) => ('track' in one ? one.track : one),
}

const keys = ['external', 'id'] as const

const attendees = {
  row: AttendeeRow,
  idField: 'person_id',
  email: ['email_address'] as string[],
  already: 'already_attending',
  absent: 'not_attending',
} as const

export const sessionBatchRoutes: BatchRoute[] = [
  batchRoute({
    id: 'batchSessions',
    path: '/events/{event}/sessions/resources/batch',
    tag: 'Sessions',
    summary: 'Create and change up to 1,000 sessions at once',
    right: 'event:write',
    row: v.partial(SessionBody),
    wrapper: 'session',
    keys,
    columns: async ({ scope }) => columnsOf(SessionBody, await listFields(scope, 'sessions')),
    run: (batch, rows) => runBatch(batch, sessions, rows),
    example: {
      rows: [
        {
          external_ids: [{ id_system: 'cfp', id: '17' }],
          session_name: 'Opening keynote',
          session_date: '2027-05-04',
          session_start_time: '09-00',
          session_end_time: '10-30',
        },
      ],
    },
  }),
  batchRoute({
    id: 'batchTracks',
    path: '/events/{event}/sessions/tracks/batch',
    tag: 'Sessions',
    summary: 'Create and change up to 1,000 tracks at once',
    right: 'event:write',
    row: v.partial(TrackBody),
    wrapper: 'track',
    keys,
    columns: async () => columnsOf(TrackBody, []),
    run: (batch, rows) => runBatch(batch, tracks, rows),
    example: {
      rows: [
        {
          external_ids: [{ id_system: 'cfp', id: 't1' }],
          track_name: 'Research',
          track_color: '#00695C',
        },
      ],
    },
  }),
  batchRoute({
    id: 'batchAttendees',
    path: '/events/{event}/sessions/resources/{session}/attendees/batch',
    tag: 'Sessions',
    summary: 'Give up to 1,000 people a seat in a session, in the order of the rows',
    right: 'attendance:write',
    row: AttendeeRow,
    keys: ['external', 'email', 'id'],
    errors: ['session_not_found'],
    columns: async () => columnsOf(AttendeeRow, []),
    run: async (batch, rows) => {
      const { scope, params } = batch.call
      const sent = await resolveId(scope, 'session', params.session ?? '')
      const { id: session } = await requireSession(scope, sent)
      const linkOf = (person: string) => ({ kind: 'attends', person, session }) as const
      return runPlaces(batch, { ...attendees, linkOf }, rows)
    },
    example: { rows: [{ email_address: 'ada@example.com' }] },
  }),
]
