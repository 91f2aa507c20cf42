import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent, colour, nameText } from '#lib/base/text.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { externalIdsField, externalIdsSchema, ignored, stampsSchema } from './fields.ts'
import { type Presentation, printExternalIds, printedId, printStamps } from './presentation.ts'

/** What POST and PUT take, and PATCH after merging. */
export const TrackBody = v.strictObject({
  track_id: v.nullish(v.string()),
  external_ids: externalIdsField,
  track_name: nameText(limits.nameLength.value),
  track_color: blankAsAbsent(colour),
  track_session_number: ignored,
  timestamps: ignored,
})
export type TrackBody = v.InferOutput<typeof TrackBody>

export const TrackAnswer = v.object({
  track_id: v.string(),
  external_ids: externalIdsSchema,
  track_name: v.string(),
  track_color: v.string(),
  track_session_number: v.number(),
  timestamps: stampsSchema,
})

/** A track in the shape of a group, as the overview shows it. */
export const TrackGroupAnswer = v.object({
  group_id: v.string(),
  external_ids: externalIdsSchema,
  group_type: v.string(),
  group_name: v.string(),
  group_color: v.string(),
  member_number: v.number(),
  timestamps: stampsSchema,
})

const defaultColor = '#78909C'

export const trackFields = (body: TrackBody) => ({
  name: body.track_name,
  color: body.track_color ?? defaultColor,
  externalIds: body.external_ids ?? undefined,
})

export const trackPatchTarget = (track: Track) => ({
  track_name: track.name,
  track_color: track.color,
})

export const printTrack = (view: Presentation, { track, sessions }: CountedTrack) => ({
  track_id: printedId(view, track),
  external_ids: printExternalIds(track.id, track.externalIds),
  ...trackPatchTarget(track),
  track_session_number: sessions,
  timestamps: printStamps(view, track),
})

export const printTrackGroup = (view: Presentation, { track, sessions }: CountedTrack) => ({
  group_id: printedId(view, track),
  external_ids: printExternalIds(track.id, track.externalIds),
  group_type: 'custom',
  group_name: track.name,
  group_color: track.color,
  member_number: sessions,
  timestamps: printStamps(view, track),
})
