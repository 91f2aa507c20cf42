import type { Page, PageWanted } from '#lib/base/page.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { required } from '#lib/store/document.ts'
import { tracks } from '#lib/store/documents/tracks.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted, total, totals } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

export const requireTrack = (scope: EventScope, id: string | undefined): Promise<Track> =>
  required(scope, tracks, id)

/** Tracks in id order with their exact numbers of sessions: as many queries whatever their number. */
export async function listTracks(
  scope: EventScope,
  wanted: PageWanted,
): Promise<Page<CountedTrack>> {
  const page = await listCounted<Track & { sk: string }>(scope, sets.tracks(scope), wanted)
  const ids = page.rows.map(({ id }) => id)
  const [first, last] = [ids[0], ids.at(-1)]
  const [counts, ghosts] = await Promise.all([
    first && last
      ? totals(scope, keys.trackSessionBuckets(scope), `${first}#`, `${last}#`)
      : new Map<string, number>(),
    sessionsLeaving(scope, ids),
  ])
  const rows = page.rows.map((track) => ({
    track,
    sessions: (counts.get(track.id) ?? 0) - (ghosts.get(track.id) ?? 0),
  }))
  return { ...page, rows }
}

export async function countTrack(scope: EventScope, track: Track): Promise<CountedTrack> {
  const [sessions, leaving] = await Promise.all([
    total(scope, sets.trackSessions(scope, track.id)),
    sessionsLeaving(scope, [track.id]),
  ])
  return { track, sessions: sessions - (leaving.get(track.id) ?? 0) }
}

/** Sessions being deleted that still stand in a track: track → how many its count has too many. */
async function sessionsLeaving(scope: EventScope, ids: string[]): Promise<Map<string, number>> {
  const wanted = deletingOf(scope, 'session').flatMap((session) =>
    ids.map((track) => keys.trackSession(scope, track, session)),
  )
  const rows = await getRows<{ pk: string }>(scope, wanted, ['pk'])
  const found = Map.groupBy(rows, ({ pk }) => pk.slice(pk.lastIndexOf('#') + 1))
  return new Map([...found].map(([track, some]) => [track, some.length]))
}
