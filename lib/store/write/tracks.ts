import type { CountedTrack, Track } from '#lib/model/track.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { tracks } from '#lib/store/documents/tracks.ts'
import { mostAtOnce, revised, revisedSoon } from '#lib/store/entry-revisions.ts'
import { newJob } from '#lib/store/queue.ts'
import { countTrack } from '#lib/store/read/tracks.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Write } from '#lib/table/writes.ts'
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
  own: async (scope, sent, before) => ({ own: sent, writes: await renamed(scope, sent, before) }),
  ending: async (scope, track) => [
    ...markDeleting(scope, track),
    ...newJob(scope, 'delete-track', { track }).writes,
    // Without a number: calendars count a session once for what is going from it, then its own version does.
    ...revised(scope, (await sessionsIn(scope, track)).slice(0, mostAtOnce), 0),
  ],
})

/** Sessions of a track that are called otherwise with it. */
async function renamed(
  scope: EventScope,
  { name }: Pick<Track, 'name'>,
  before: Track | undefined,
): Promise<Write[]> {
  if (!before || before.name === name) return []
  return revisedSoon(scope, await sessionsIn(scope, before.id), { track: before.id })
}

/** Some of the sessions of a track: all when there are no more than are revised at once. */
async function sessionsIn(scope: EventScope, track: string): Promise<string[]> {
  const page = { pk: keys.trackSessions(scope, track), only: ['sk'], limit: mostAtOnce + 1 }
  return (await queryRows<{ sk: string }>(scope, page)).map(({ sk }) => sk)
}
