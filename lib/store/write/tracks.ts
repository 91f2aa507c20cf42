import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { canonicalName } from '#lib/base/text.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { deletingOf, markDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { closeBuckets, countWrites, openBuckets } from '#lib/table/buckets.ts'
import { listCounted, type Page, type PageWanted, total, totals } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, transact, type Write } from '#lib/table/transact.ts'
import type { TrackFields } from '#lib/wire/track.ts'

/** Makes a track. Its name is unique in the event, whatever the letter case. */
export async function createTrack(
  scope: EventScope,
  { externalIds, ...own }: TrackFields,
  reply: (made: CountedTrack) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  const sent = externalIdsOf(externalIds ?? [], undefined, 'external_ids')
  const kept = sent.filter(({ system }) => system !== upsert[0]?.system)
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const track: Track = { ...own, ...at, id: newId('track'), externalIds: [...upsert, ...kept] }
  const outcome = reply({ track, sessions: 0 })
  const writes = [
    put({ ...keys.track(scope, track.id), ...track }, { exists: false }, 'conflict'),
    nameStep(scope, track),
    ...externalWrites(scope, 'track', track.id, [], track.externalIds),
    ...countWrites(sets.tracks(scope), [{ id: track.id, by: 1 }]),
    ...openBuckets(sets.trackSessions(scope, track.id)),
  ]
  await transact(scope, writes, outcome)
  return outcome
}

export async function updateTrack(
  scope: EventScope,
  id: string,
  change: (current: Track) => TrackFields,
  effect: Effect<CountedTrack>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await countTrack(scope, await requireTrack(scope, id))
    effect.guard(current)
    const before = current.track
    const { externalIds, ...own } = change(before)
    const track: Track = {
      ...before,
      ...own,
      externalIds: externalIds
        ? externalIdsOf(externalIds, id, 'external_ids')
        : before.externalIds,
      updatedAt: now(),
      vr: before.vr + 1,
    }
    const outcome = effect.reply({ ...current, track })
    const writes = [
      put({ ...keys.track(scope, id), ...track }, { vr: before.vr }, 'conflict'),
      ...renameWrites(scope, before, track),
      ...externalWrites(scope, 'track', id, before.externalIds, track.externalIds),
    ]
    await transact(scope, writes, outcome)
    return outcome
  })
}

/** Deletes a track: no session is in it from then on; a plan takes it out of its sessions. */
export async function deleteTrack(
  scope: EventScope,
  id: string,
  effect: Effect<CountedTrack>,
): Promise<RecordedResponse> {
  return retryOnConflict(scope, async () => {
    const current = await countTrack(scope, await requireTrack(scope, id))
    effect.guard(current)
    const { track } = current
    const outcome = effect.reply(current)
    const writes = [
      remove(keys.track(scope, id), { vr: track.vr }, 'conflict'),
      remove(nameKey(scope, track)),
      ...externalWrites(scope, 'track', id, track.externalIds, []),
      ...countWrites(sets.tracks(scope), [{ id, by: -1 }]),
      ...closeBuckets(sets.trackSessions(scope, id)),
      markDeleting(scope, id),
      newJob(scope, 'delete-track', { track: id }).write,
    ]
    await transact(scope, writes, outcome)
    return outcome
  })
}

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
      ? totals(scope, keys.trackSessionShelves(scope), `${first}#`, `${last}#`)
      : new Map<string, number>(),
    ghostSessions(scope, ids),
  ])
  const rows = page.rows.map((track) => ({
    track,
    sessions: (counts.get(track.id) ?? 0) - (ghosts.get(track.id) ?? 0),
  }))
  return { ...page, rows }
}

export async function countTrack(scope: EventScope, track: Track): Promise<CountedTrack> {
  const [sessions, ghosts] = await Promise.all([
    total(scope, sets.trackSessions(scope, track.id)),
    ghostSessions(scope, [track.id]),
  ])
  return { track, sessions: sessions - (ghosts.get(track.id) ?? 0) }
}

export async function requireTrack(scope: EventScope, id: string | undefined): Promise<Track> {
  const living = id !== undefined && !scope.deleting.has(id)
  const track = living ? await getRow<Track>(scope, keys.track(scope, id)) : undefined
  if (!track) throw new ApiError('track_not_found')
  return track
}

/** Hidden sessions that still stand in a track: track → how many its count has too many. */
async function ghostSessions(scope: EventScope, tracks: string[]): Promise<Map<string, number>> {
  const wanted = deletingOf(scope, 'session').flatMap((session) =>
    tracks.map((track) => keys.trackSession(scope, track, session)),
  )
  const rows = await getRows<{ pk: string }>(scope, wanted, ['pk'])
  const found = Map.groupBy(rows, ({ pk }) => pk.slice(pk.lastIndexOf('#') + 1))
  return new Map([...found].map(([track, some]) => [track, some.length]))
}

const nameKey = (scope: EventScope, { name }: Pick<Track, 'name'>) =>
  keys.trackName(scope, canonicalName(name))
const taken = { error: 'duplicate_name', detail: { field: 'track_name' } } as const
const nameStep = (scope: EventScope, { id, name }: Track): Write =>
  put({ ...nameKey(scope, { name }), to: id, name }, { exists: false }, taken)

function renameWrites(scope: EventScope, before: Track, after: Track): Write[] {
  if (before.name === after.name) return []
  const same = canonicalName(before.name) === canonicalName(after.name)
  if (same) return [put({ ...nameKey(scope, after), to: after.id, name: after.name })]
  return [remove(nameKey(scope, before)), nameStep(scope, after)]
}
