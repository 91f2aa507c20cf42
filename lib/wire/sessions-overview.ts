import { roles } from '#lib/model/session.ts'
import type { SessionsOverview } from '#lib/store/read/sessions-overview.ts'
import { type Presentation, printedReference } from './presentation.ts'
import { printTrackGroup } from './track.ts'

export const printSessionsOverview = (
  view: Presentation,
  { sessions, tracks, holders, people }: SessionsOverview,
) => ({
  session_number: sessions,
  track_number: tracks.total,
  session_role_number: roles.length,
  tracks: tracks.rows.map((track) => printTrackGroup(view, track)),
  sessions_roles: roles.map(({ id, name }) => [
    {
      session_role_id: id,
      session_role_name: name,
      people_list: (holders[id] ?? []).map((person) => printedReference(view, person, people)),
    },
  ]),
})
