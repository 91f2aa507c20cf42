import * as v from 'valibot'
import { counted, listed, page, pageOf, pageQuery } from '#lib/http/page.ts'
import { handlersOf, type Resource } from '#lib/http/resource.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import type { CountedTrack, Track } from '#lib/model/track.ts'
import { resolveId } from '#lib/store/external-ids.ts'
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
const one = `${path}/{track}`
const bodyErrors = [
  'duplicate_name',
  'duplicate_external_id',
  'reserved_id',
  'reserved_id_system',
] as const
const changeErrors = [
  ...bodyErrors,
  'track_not_found',
  'id_mismatch',
  'precondition_failed',
] as const
const example = { track: { track_name: 'Research', track_color: '#00695C' } }

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
  update: (_, scope, id, body, precondition) =>
    updateTrack(scope, id, (current) => trackFields(body(current)), precondition),
  patchTarget: (_, current) => trackPatchTarget(current),
  remove: deleteTrack,
}
const handlers = handlersOf(trackResource)

export const trackRoutes: Route[] = [
  eventRoute({
    id: 'listTracks',
    method: 'get',
    path,
    tag,
    summary: 'List the tracks',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(TrackAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) =>
      page(call, printTrack, await listTracks(call.scope, pageOf(call.query, 'track'))),
  }),
  eventRoute({
    id: 'createTrack',
    method: 'post',
    path,
    tag,
    summary: 'Create a track',
    right: 'event:write',
    body: { wrapper: 'track', schema: TrackBody },
    returns: TrackAnswer,
    errors: [...bodyErrors],
    example,
    handle: handlers.create,
  }),
  eventRoute({
    id: 'getTrack',
    method: 'get',
    path: one,
    tag,
    summary: 'Read a track',
    right: 'event:read',
    returns: TrackAnswer,
    errors: ['track_not_found'],
    handle: handlers.get,
  }),
  eventRoute({
    id: 'replaceTrack',
    method: 'put',
    path: one,
    tag,
    summary: 'Replace name and colour of a track, or create it under an external id',
    right: 'event:write',
    body: { wrapper: 'track', schema: TrackBody, nullMeans: { external_ids: [] } },
    returns: TrackAnswer,
    errors: [...changeErrors],
    example,
    handle: handlers.replace,
  }),
  eventRoute({
    id: 'changeTrack',
    method: 'patch',
    path: one,
    tag,
    summary: 'Change a track',
    right: 'event:write',
    body: { wrapper: 'track', schema: TrackBody, mode: 'patch', nullMeans: { external_ids: [] } },
    returns: TrackAnswer,
    errors: [...changeErrors],
    example: { track: { track_color: '#4527A0' } },
    handle: handlers.change,
  }),
  eventRoute({
    id: 'deleteTrack',
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a track; its sessions stay',
    right: 'event:write',
    returns: TrackAnswer,
    errors: ['track_not_found', 'precondition_failed'],
    handle: handlers.remove,
  }),
  eventRoute({
    id: 'listTrackSessions',
    method: 'get',
    path: `${one}/list`,
    tag,
    summary: 'List the sessions of a track by start time',
    right: 'event:read',
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
      const found = await listTrackSessions(scope, track.id, wanted)
      return listed(call, found, (view) => ({
        track_id: printedId(view, track),
        ...counted(found),
        session_list: found.rows.map((session) => printBrief(view, session)),
      }))
    },
  }),
]
