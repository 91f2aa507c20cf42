import * as v from 'valibot'
import { counted, listed, pageOf, pageQuery } from '#lib/http/page.ts'
import type { Resource } from '#lib/http/resource.ts'
import { resourceRoutes } from '#lib/http/resource-routes.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listPublicTrackSessions } from '#lib/store/read/public-sessions.ts'
import { listTrackSessions } from '#lib/store/read/sessions.ts'
import { countTrack, listTracks, requireTrack } from '#lib/store/read/tracks.ts'
import { createTrack, deleteTrack, updateTrack } from '#lib/store/write/tracks.ts'
import { countedEntries } from '#lib/wire/fields.ts'
import { printedId } from '#lib/wire/presentation.ts'
import { BriefSessionAnswer, printBrief } from '#lib/wire/session.ts'
import {
  printTrack,
  TrackAnswer,
  TrackBody,
  trackFields,
  trackPatchTarget,
} from '#lib/wire/track.ts'

const tag = 'Sessions'
const path = '/events/{event}/sessions/tracks'

const idOf = ({ scope, params }: EventCall) => resolveId(scope, 'track', params.track ?? '')

export const trackResource: Resource<CountedTrack, Track, TrackBody> = {
  param: 'track',
  missing: 'track_not_found',
  resolve: idOf,
  read: async (scope, id) => countTrack(scope, await requireTrack(scope, id)),
  print: printTrack,
  idField: 'track_id',
  idIn: ({ track_id }) => track_id,
  create: (_, scope, body, upsert) => createTrack(scope, trackFields(body), upsert),
  update: (_, scope, { id, body, precondition }) =>
    updateTrack(scope, id, (current) => trackFields(body(current)), precondition),
  patchTarget: (_, current) => trackPatchTarget(current),
  remove: deleteTrack,
}

export const trackRoutes: Route[] = [
  ...resourceRoutes<CountedTrack, Track, typeof TrackBody>({
    ...trackResource,
    tag,
    path,
    operation: 'Track',
    summaries: {
      list: 'List the tracks',
      create: 'Create a track',
      get: 'Read a track',
      replace: 'Replace name and colour of a track, or create it under an external id',
      change: 'Change a track',
      remove: 'Delete a track; its sessions stay',
    },
    wrapper: 'track',
    body: TrackBody,
    answer: TrackAnswer,
    example: { track_name: 'Research', track_color: '#00695C' },
    refusals: ['duplicate_name'],
    list: listTracks,
    order: 'track',
    readers: 'programme',
  }),
  eventRoute({
    id: 'listTrackSessions',
    method: 'get',
    path: `${path}/{track}/list`,
    tag,
    summary: 'List the sessions of a track by start time',
    right: 'programme',
    query: pageQuery(),
    returns: v.object({
      track_id: v.string(),
      ...countedEntries,
      session_list: v.array(BriefSessionAnswer),
    }),
    errors: ['track_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, query } = call
      const wanted = pageOf(query, 'sessions')
      const track = await requireTrack(scope, await idOf(call))
      const list = call.token.role === 'attendee' ? listPublicTrackSessions : listTrackSessions
      const found = await list(scope, track.id, wanted)
      return listed(call, found, (view) => ({
        track_id: printedId(view, track),
        ...counted(found),
        session_list: found.rows.map((session) => printBrief(view, session)),
      }))
    },
  }),
]
