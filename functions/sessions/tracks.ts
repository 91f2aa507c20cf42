import * as v from 'valibot'
import { effect, ok, single } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { linkAfter, sessionPage } from '#lib/http/session-page.ts'
import { checkOwnId, externalFromBody, externalFromPath } from '#lib/http/upsert-ids.ts'
import type { Track } from '#lib/model/track.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { listTrackSessions } from '#lib/store/read/sessions.ts'
import {
  countTrack,
  createTrack,
  deleteTrack,
  listTracks,
  requireTrack,
  updateTrack,
} from '#lib/store/write/tracks.ts'
import { learn, printId } from '#lib/wire/presentation.ts'
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

const idOf = ({ scope, params, view }: EventCall) =>
  resolveId(scope, 'track', params.track ?? '', view.system)
const trackOf = async (call: EventCall) => requireTrack(call.scope, await idOf(call))

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
    handle: async (call) => {
      const { total, rows } = await listTracks(call.scope, pageOf(call.query, 'track'))
      const print = rows.map((row) => printTrack(call.view, row))
      return page(call, print, total, rows.at(-1)?.track.id)
    },
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
    handle: async (call) => {
      const external = externalFromBody(call.body.track_id, 'track_id', call)
      const { reply } = effect(call, printTrack)
      return createTrack(call.scope, trackFields(call.body), reply, external)
    },
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
    handle: async (call) =>
      single(call, printTrack, await countTrack(call.scope, await trackOf(call))),
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
    handle: async (call) => {
      const { body, scope } = call
      const id = await idOf(call)
      const writes = effect(call, printTrack)
      if (!id) {
        const external = externalFromPath(call, 'track', 'track_not_found')
        return createTrack(scope, trackFields(body), writes.reply, external)
      }
      checkOwnId(body.track_id, id, 'track_id', call.params.track)
      return updateTrack(scope, id, () => trackFields(body), writes)
    },
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
    handle: async (call) => {
      const { id } = await trackOf(call)
      const change = (current: Track) => {
        const body = call.body.onto(trackPatchTarget(current))
        checkOwnId(body.track_id, id, 'track_id', call.params.track)
        return trackFields(body)
      }
      return updateTrack(call.scope, id, change, effect(call, printTrack))
    },
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
    handle: async (call) =>
      deleteTrack(call.scope, (await trackOf(call)).id, effect(call, printTrack)),
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
      record_number: v.number(),
      session_list: v.array(BriefSessionAnswer),
    }),
    errors: ['track_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const { scope, query, view } = call
      const wanted = sessionPage(query)
      const track = await trackOf(call)
      learn(view, track.id, track.externalIds)
      const walked = await listTrackSessions(scope, track.id, wanted)
      const body = {
        track_id: printId(view, track.id),
        record_number: walked.total,
        session_list: walked.rows.map((session) => printBrief(view, session)),
      }
      return ok(body, linkAfter(call, walked))
    },
  }),
]
