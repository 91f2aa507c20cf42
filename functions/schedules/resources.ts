import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { preconditionOf, single, write } from '#lib/http/answer.ts'
import { lookUp } from '#lib/http/key-guessing.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import type { Answer, EventCall, eventRoute, Route } from '#lib/http/route.ts'
import { located, scheduleRoute } from '#lib/http/wrappers.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { requireAccessGroup } from '#lib/store/read/access-groups.ts'
import { loadDetail, loadUsers } from '#lib/store/read/schedule-details.ts'
import { listSchedules, locateSchedule, requireCurrentSchedule } from '#lib/store/read/schedules.ts'
import {
  createSchedule,
  deleteSchedule,
  type SchedulePrecondition,
  updateSchedule,
} from '#lib/store/write/schedules.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
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
import { readerOf } from './reader.ts'

const tag = 'Event schedules'
const oneRoute: typeof eventRoute = (spec) => located(scheduleRoute(spec), locateSchedule)

export const scheduleRoutes: Route[] = [
  scheduleRoute({
    id: 'createSchedule',
    method: 'post',
    path: '/events/{event}/event_schedules',
    tag,
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
      return answered(call, (scope) => createSchedule(scope, scheduleFields(call.body)))
    },
  }),
  scheduleRoute({
    id: 'listSchedules',
    method: 'get',
    path: '/events/{event}/event_schedules',
    tag,
    summary: 'List the schedules of an event by start',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(ScheduleAnswer),
    errors: ['invalid_cursor'],
    handle: async (call) => {
      const found = await listSchedules(call.scope, pageOf(call.query, 'schedules'))
      return page(call, printSchedule(call), found)
    },
  }),
  oneRoute({
    id: 'getSchedule',
    method: 'get',
    path: '/event_schedules/{id}',
    tag,
    summary: 'Read a schedule with the access groups of its event and their users',
    right: 'event:read',
    returns: DetailAnswer,
    errors: ['schedule_not_found'],
    handle: async (call) =>
      single(call, printDetail(readerOf(call)), await loadDetail(call.scope, numberOf(call))),
  }),
  oneRoute({
    id: 'changeSchedule',
    method: 'patch',
    path: '/event_schedules/{id}',
    tag,
    summary: 'Change some fields of a schedule',
    right: 'event:write',
    body: { wrapper: 'event_schedule', schema: ScheduleBody, mode: 'patch' },
    returns: ScheduleAnswer,
    errors: ['schedule_not_found', 'id_mismatch', 'precondition_failed'],
    example: { ends_at: '2027-05-04T17:00:00.000+02:00' },
    handle: async (call) => {
      const fields = (current: Schedule) => {
        const body = call.body.onto(schedulePatchTarget(current))
        const differs =
          (body.id !== undefined && body.id !== current.id) ||
          (body.guid !== undefined && body.guid !== current.guid)
        if (differs) throw new ApiError('id_mismatch', { field: 'id' })
        return scheduleFields(body)
      }
      return answered(call, (scope) =>
        updateSchedule(scope, numberOf(call), fields, unchanged(call)),
      )
    },
  }),
  oneRoute({
    id: 'deleteSchedule',
    method: 'delete',
    path: '/event_schedules/{id}',
    tag,
    summary: 'Delete a schedule and its usage logs',
    right: 'event:write',
    returns: ScheduleAnswer,
    errors: ['schedule_not_found', 'precondition_failed'],
    handle: async (call) =>
      answered(call, (scope) => deleteSchedule(scope, numberOf(call), unchanged(call))),
  }),
  oneRoute({
    id: 'listScheduleUsers',
    method: 'get',
    path: '/event_schedules/{id}/users',
    tag,
    summary: 'List the users who may enter a schedule',
    right: 'event:read',
    query: pageQuery(1000),
    returns: v.array(UserAnswer),
    errors: ['schedule_not_found', 'invalid_cursor'],
    handle: async (call) => {
      const wanted = pageOf(call.query, 'users')
      return page(call, printUser, await loadUsers(call.scope, numberOf(call), wanted))
    },
  }),
  scheduleRoute({
    id: 'getCurrentSchedule',
    method: 'get',
    path: '/events/{event}/event_schedules/groups/{access_key}',
    tag,
    summary: 'Find the schedule that a group enters now: the one on the air, else the next',
    right: 'event:read',
    returns: CurrentAnswer,
    errors: ['access_group_not_found', 'schedule_not_found'],
    handle: async (call) => {
      await lookUp(call.token.id, () =>
        requireAccessGroup(call.scope, call.params.access_key ?? ''),
      )
      const value = await requireCurrentSchedule(call.scope)
      const print = (view: Presentation, current: Schedule) => ({
        event_schedule: printSchedule(call)(view, current),
      })
      return single(call, print, value)
    },
  }),
]

type Asking = Pick<
  EventCall,
  'event' | 'params' | 'request' | 'requestKey' | 'scope' | 'token' | 'view'
>

const numberOf = ({ params }: Asking): number => Number(params.id)

/** Every write of a schedule answers its own row. */
const answered = (
  call: Asking,
  work: (scope: Asking['scope']) => Promise<Schedule>,
): Promise<Answer> => write(call, (made: Schedule) => single(call, printSchedule(call), made), work)

/** `If-Match` may name the schedule's own row or the whole that GET answers. */
const unchanged =
  (call: Asking): SchedulePrecondition =>
  async (current, whole) => {
    try {
      preconditionOf(call, printSchedule(call))(current)
    } catch {
      preconditionOf(call, printDetail(readerOf(call)))(await whole())
    }
  }
