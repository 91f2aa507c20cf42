import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { canonicalName } from '#lib/base/text.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { externalIdsOf } from '#lib/model/external-id-rules.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { hiddenOf, hide } from '#lib/store/deleting.ts'
import { externalSteps } from '#lib/store/external-ids.ts'
import { newPlan } from '#lib/store/jobs/queue.ts'
import { countSteps, createShelves, deleteShelves } from '#lib/table/buckets.ts'
import { listCounted, type Page, type PageWanted, total, totals } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { EventScope, Outcome } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { put, remove, type Step, transact } from '#lib/table/transact.ts'
import type { TrackFields } from '#lib/wire/track.ts'

/** Makes a track. Its name is unique in the event, whatever the letter case. */
export async function createTrack(
  scope: EventScope,
  { externalIds, ...own }: TrackFields,
  reply: (made: CountedTrack) => Outcome,
  upsert: ExternalId[] = [],
): Promise<Outcome> {
  const sent = externalIdsOf(externalIds ?? [], undefined, 'external_ids')
  const kept = sent.filter(({ system }) => system !== upsert[0]?.system)
  const at = { createdAt: now(), updatedAt: now(), vr: 1 }
  const track: Track = { ...own, ...at, id: newId('track'), externalIds: [...upsert, ...kept] }
  const outcome = reply({ track, sessions: 0 })
  const steps = [
    put({ ...keys.track(scope, track.id), ...track }, { exists: false }, 'stale'),
    nameStep(scope, track),
    ...externalSteps(scope, 'track', track.id, [], track.externalIds),
    ...countSteps(sets.tracks(scope), [{ id: track.id, by: 1 }]),
    ...createShelves(sets.trackSessions(scope, track.id)),
  ]
  await transact(scope, steps, outcome)
  return outcome
}

export async function updateTrack(
  scope: EventScope,
  id: string,
  change: (current: Track) => TrackFields,
  effect: Effect<CountedTrack>,
): Promise<Outcome> {
  return whileFresh(scope, async () => {
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
    const steps = [
      put({ ...keys.track(scope, id), ...track }, { vr: before.vr }, 'stale'),
      ...renameSteps(scope, before, track),
      ...externalSteps(scope, 'track', id, before.externalIds, track.externalIds),
    ]
    await transact(scope, steps, outcome)
    return outcome
  })
}

/** Deletes a track: no session is in it from then on; a plan takes it out of its sessions. */
export async function deleteTrack(
  scope: EventScope,
  id: string,
  effect: Effect<CountedTrack>,
): Promise<Outcome> {
  return whileFresh(scope, async () => {
    const current = await countTrack(scope, await requireTrack(scope, id))
    effect.guard(current)
    const { track } = current
    const outcome = effect.reply(current)
    const steps = [
      remove(keys.track(scope, id), { vr: track.vr }, 'stale'),
      remove(nameKey(scope, track)),
      ...externalSteps(scope, 'track', id, track.externalIds, []),
      ...countSteps(sets.tracks(scope), [{ id, by: -1 }]),
      ...deleteShelves(sets.trackSessions(scope, id)),
      hide(scope, id),
      newPlan(scope, 'delete-track', { track: id }).step,
    ]
    await transact(scope, steps, outcome)
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
  const living = id !== undefined && !scope.gone.has(id)
  const track = living ? await getRow<Track>(scope, keys.track(scope, id)) : undefined
  if (!track) throw new ApiError('track_not_found')
  return track
}

/** Hidden sessions that still stand in a track: track → how many its count has too many. */
async function ghostSessions(scope: EventScope, tracks: string[]): Promise<Map<string, number>> {
  const wanted = hiddenOf(scope, 'session').flatMap((session) =>
    tracks.map((track) => keys.trackSession(scope, track, session)),
  )
  const rows = await getRows<{ pk: string }>(scope, wanted, ['pk'])
  const found = Map.groupBy(rows, ({ pk }) => pk.slice(pk.lastIndexOf('#') + 1))
  return new Map([...found].map(([track, some]) => [track, some.length]))
}

const nameKey = (scope: EventScope, { name }: Pick<Track, 'name'>) =>
  keys.trackName(scope, canonicalName(name))
const taken = { error: 'duplicate_name', detail: { field: 'track_name' } } as const
const nameStep = (scope: EventScope, { id, name }: Track): Step =>
  put({ ...nameKey(scope, { name }), to: id, name }, { exists: false }, taken)

function renameSteps(scope: EventScope, before: Track, after: Track): Step[] {
  if (before.name === after.name) return []
  const same = canonicalName(before.name) === canonicalName(after.name)
  if (same) return [put({ ...nameKey(scope, after), to: after.id, name: after.name })]
  return [remove(nameKey(scope, before)), nameStep(scope, after)]
}
