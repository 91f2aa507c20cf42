import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { effect, single } from '#lib/http/answer.ts'
import { mayDo } from '#lib/http/auth.ts'
import { lookUp } from '#lib/http/key-guessing.ts'
import { page, pageQuery } from '#lib/http/page.ts'
import { type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { cursorShapes, wantedPage } from '#lib/http/schedule-page.ts'
import type { Event } from '#lib/model/event.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { loadDetail, loadUsers } from '#lib/store/read/schedule-details.ts'
import { locateSchedule } from '#lib/store/read/schedules.ts'
import { requireAccessGroup } from '#lib/store/write/access-groups.ts'
import {
  createSchedule,
  deleteSchedule,
  listSchedules,
  requireCurrentSchedule,
  scheduleOrder,
  updateSchedule,
} from '#lib/store/write/schedules.ts'
import { printDetail, printSchedule, printUser } from '#lib/wire/schedule.ts'
import {
  CurrentAnswer,
  DetailAnswer,
  ScheduleAnswer,
  UserAnswer,
} from '#lib/wire/schedule-answers.ts'
import {
  anyPlace,
  ScheduleBody,
  scheduleFields,
  schedulePatchTarget,
} from '#lib/wire/schedule-bodies.ts'

const tag = 'Event schedules'
const schedule = true
const locate = locateSchedule

export const scheduleRoutes: Route[] = [
  eventRoute({
    id: 'createSchedule',
    method: 'post',
    path: '/events/{event}/event_schedules',
    tag,
    schedule,
    summary: 'Put an event on the air at some time',
    description: anyPlace,
    right: 'event:write',
    body: { wrapper: 'event_schedule', schema: ScheduleBody, form: true, fromQuery: true },
    returns: ScheduleAnswer,
    errors: ['too_many_objects', 'reserved_id'],
    example: { starts_at: '2027-05-04T09:00:00.000+02:00', status: 'Active' },
    handle: async (call) => {
      if (call.body.id !== undefined || call.body.guid !== undefined) {
        throw new ApiError('reserved_id', { field: call.body.id === undefined ? 'guid' : 'id' })
      }
      return createSchedule(call.scope, scheduleFields(call.body), writes(call).reply)
    },
  }),
  eventRoute({
    id: 'listSchedules',
    method: 'get',
    path: '/events/{event}/event_schedules',
    tag,
    schedule,
    summary: 'List the schedules of an event by start',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(ScheduleAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const wanted = wantedPage(call.query, cursorShapes.schedules)
      const { total, rows } = await listSchedules(call.scope, wanted)
      const print = rows.map((value) => printSchedule(call.view, { event: call.event, value }))
      const last = rows.at(-1)
      return page(call, print, total, last && scheduleOrder(last))
    },
  }),
  eventRoute({
    id: 'getSchedule',
    method: 'get',
    path: '/event_schedules/{id}',
    tag,
    schedule,
    locate,
    summary: 'Read a schedule with the access groups of its event and their users',
    right: 'event:read',
    returns: DetailAnswer,
    errors: ['schedule_not_found'],
    handle: async (call) => {
      const value = await loadDetail(call.scope, numberOf(call))
      return single(call, printDetail, { ...reader(call), value })
    },
  }),
  eventRoute({
    id: 'changeSchedule',
    method: 'patch',
    path: '/event_schedules/{id}',
    tag,
    schedule,
    locate,
    summary: 'Change some fields of a schedule',
    right: 'event:write',
    body: { wrapper: 'event_schedule', schema: ScheduleBody, mode: 'patch' },
    returns: ScheduleAnswer,
    errors: ['schedule_not_found', 'id_mismatch', 'precondition_failed'],
    example: { ends_at: '2027-05-04T17:00:00.000+02:00' },
    handle: async (call) =>
      updateSchedule(
        call.scope,
        numberOf(call),
        (current) => {
          const body = call.body.onto(schedulePatchTarget(current))
          const differs =
            (body.id !== undefined && body.id !== current.id) ||
            (body.guid !== undefined && body.guid !== current.guid)
          if (differs) throw new ApiError('id_mismatch', { field: 'id' })
          return scheduleFields(body)
        },
        writes(call),
      ),
  }),
  eventRoute({
    id: 'deleteSchedule',
    method: 'delete',
    path: '/event_schedules/{id}',
    tag,
    schedule,
    locate,
    summary: 'Delete a schedule and its usage logs',
    right: 'event:write',
    returns: ScheduleAnswer,
    errors: ['schedule_not_found', 'precondition_failed'],
    handle: async (call) => deleteSchedule(call.scope, numberOf(call), writes(call)),
  }),
  eventRoute({
    id: 'listScheduleUsers',
    method: 'get',
    path: '/event_schedules/{id}/users',
    tag,
    schedule,
    locate,
    summary: 'List the users who may enter a schedule',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(UserAnswer),
    errors: ['schedule_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const wanted = wantedPage(call.query, cursorShapes.users)
      const { total, users, people } = await loadUsers(call.scope, numberOf(call), wanted)
      const rows = users.map((user) => printUser(call.view, user, people))
      const last = users.at(-1)
      return page(call, rows, total, last && String(last.id).padStart(10, '0'))
    },
  }),
  eventRoute({
    id: 'getCurrentSchedule',
    method: 'get',
    path: '/events/{event}/event_schedules/groups/{access_key}',
    tag,
    schedule,
    summary: 'Find the schedule that a group enters now: the one on the air, else the next',
    right: 'event:read',
    returns: CurrentAnswer,
    errors: ['access_group_not_found', 'schedule_not_found'],
    handle: async (call) => {
      await lookUp(call.token.id, () =>
        requireAccessGroup(call.scope, call.params.access_key ?? ''),
      )
      const value = await requireCurrentSchedule(call.scope)
      return single(
        call,
        (view, placed: { event: Event; value: Schedule }) => ({
          event_schedule: printSchedule(view, placed),
        }),
        { event: call.event, value },
      )
    },
  }),
]

type Asking = Pick<EventCall, 'event' | 'params' | 'request' | 'scope' | 'token' | 'view'>

const numberOf = ({ params }: Asking): number => Number(params.id)
const reader = ({ event, token }: Asking) => ({ event, keys: mayDo(token, 'event:write') })

/** `If-Match` may name the schedule's own row or the whole that GET answers. */
function writes(call: Asking) {
  const row = effect(call, printSchedule)
  const whole = effect(call, printDetail)
  const placed = (value: Schedule) => ({ event: call.event, value })
  return {
    guard: async (current: Schedule) => {
      try {
        row.guard(placed(current))
      } catch {
        const value = { ...(await loadDetail(call.scope, current.id)), schedule: current }
        whole.guard({ ...reader(call), value })
      }
    },
    reply: (next: Schedule) => row.reply(placed(next)),
  }
}
