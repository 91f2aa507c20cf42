import type { CountedTrack, Track } from '#lib/model/track.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { tracks } from '#lib/store/documents/tracks.ts'
import { newJob } from '#lib/store/queue.ts'
import { countTrack } from '#lib/store/read/tracks.ts'
import { verbsOf } from './verbs.ts'

/** Of a track that is deleted no session is from then on; a job takes it out of its sessions. */
export const {
  create: createTrack,
  update: updateTrack,
  remove: deleteTrack,
} = verbsOf<Track, CountedTrack>({
  kind: tracks,
  id: 'track',
  load: countTrack,
  shown: (track, counted) => ({ track, sessions: counted?.sessions ?? 0 }),
  ending: (scope, track) => [
    markDeleting(scope, track),
    ...newJob(scope, 'delete-track', { track }).writes,
  ],
})
