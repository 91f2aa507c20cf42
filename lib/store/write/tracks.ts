import { newId } from '#lib/base/ids.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { born, change, create, type Precondition } from '#lib/store/document.ts'
import { tracks } from '#lib/store/documents/tracks.ts'
import { newJob } from '#lib/store/queue.ts'
import { countTrack } from '#lib/store/read/tracks.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type TrackFields = Pick<Track, 'name' | 'color'> & { externalIds?: SentIds }

/** Makes a track. Its name is unique in the event, whatever the letter case. */
export function createTrack(
  scope: EventScope,
  { externalIds, ...own }: TrackFields,
  upsert: ExternalId[] = [],
): Promise<CountedTrack> {
  const ids = firstExternalIds(externalIds, upsert)
  const track: Track = { ...own, ...born(), id: newId('track'), externalIds: ids }
  return create(scope, tracks, track, { track, sessions: 0 })
}

export const updateTrack = (
  scope: EventScope,
  id: string,
  fields: (current: Track) => TrackFields,
  precondition: Precondition<CountedTrack>,
): Promise<CountedTrack> =>
  change(scope, tracks, id, async (before, next) => {
    const counted = await countTrack(scope, before)
    precondition(counted)
    const { externalIds, ...own } = fields(before)
    const track = next({ ...own, externalIds: nextExternalIds(externalIds, before) })
    return { after: track, made: { ...counted, track } }
  })

/** Deletes a track: no session is in it from then on; a job takes it out of its sessions. */
export const deleteTrack = (
  scope: EventScope,
  id: string,
  precondition: Precondition<CountedTrack>,
): Promise<CountedTrack> =>
  change(scope, tracks, id, async (before) => {
    const counted = await countTrack(scope, before)
    precondition(counted)
    const job = newJob(scope, 'delete-track', { track: id })
    return { after: undefined, made: counted, more: [markDeleting(scope, id), ...job.writes] }
  })
