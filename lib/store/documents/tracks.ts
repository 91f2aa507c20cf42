import { canonicalName } from '#lib/base/text.ts'
import type { Track } from '#lib/model/track.ts'
import type { Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

const taken = { error: 'duplicate_name', detail: { field: 'track_name' } } as const

/** A track has a unique name; which sessions are in it stands with the sessions. */
export const tracks: Kind<Track> = {
  name: 'track',
  missing: 'track_not_found',
  key: keys.track,
  set: sets.tracks,
  owns: (scope, id) => [sets.trackSessions(scope, id)],
  under: (scope, id) => [keys.trackSessions(scope, id)],
  // External ids come first: of two who PUT the same at once, the second finds it made and replaces it.
  derived: (scope, track) => [
    ...externalRows(scope, 'track', track),
    {
      ...keys.trackName(scope, canonicalName(track.name)),
      values: { to: track.id, name: track.name },
      taken,
    },
  ],
}
