import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { effect } from '#lib/http/answer.ts'
import { mayDo } from '#lib/http/auth.ts'
import { page, pageQuery } from '#lib/http/page.ts'
import { postLog, postLogs } from '#lib/http/post-logs.ts'
import { type Answer, type EventCall, eventRoute, type Route } from '#lib/http/route.ts'
import { cursorShapes, wantedPage } from '#lib/http/schedule-page.ts'
import type { Schedule } from '#lib/model/schedule.ts'
import { loadLogs } from '#lib/store/read/schedule-details.ts'
import { locateSchedule, requireSchedule } from '#lib/store/read/schedules.ts'
import { groupsById, usersById } from '#lib/store/write/access-groups.ts'
import { loggedOf, presencesOf } from '#lib/store/write/usage-logs.ts'
import { printEventLog, printLog, type Written } from '#lib/wire/schedule.ts'
import { BulkAnswer, EventLogAnswer, LogAnswer } from '#lib/wire/schedule-answers.ts'
import { anyPlace, BulkBody, LogBody, userNumber } from '#lib/wire/schedule-bodies.ts'

const tag = 'Event schedules'
const schedule = true
const locate = locateSchedule
const unprocessable = true
const logsQuery = { ...pageQuery(1000), event_group_user_id: v.optional(userNumber) }
type LogsCall = EventCall<{ [K in keyof typeof logsQuery]: v.InferOutput<(typeof logsQuery)[K]> }>

export const logRoutes: Route[] = [
  eventRoute({
    id: 'listUsageLogs',
    method: 'get',
    path: '/event_schedules/{id}/logs',
    tag,
    schedule,
    locate,
    unprocessable,
    summary: 'List the usage logs of a schedule by time, or those of one of its users',
    description:
      'With `event_group_user_id` the logs of that user, each as posting it answered; without, rows of all.',
    right: 'event:read',
    query: logsQuery,
    returns: v.union([v.array(LogAnswer), v.array(EventLogAnswer)]),
    errors: ['schedule_not_found'],
    handle: async (call) => {
      const found = await requireSchedule(call.scope, Number(call.params.id))
      const user = call.query.event_group_user_id
      return user === undefined ? allLogs(call, found) : logsOfUser(call, found, user)
    },
  }),
  eventRoute({
    id: 'addUsageLog',
    method: 'post',
    path: '/event_schedules/{id}/logs',
    tag,
    schedule,
    locate,
    unprocessable,
    summary: 'Log how long a user was there; the same log posted again is the same log',
    description: anyPlace,
    right: 'attendance:write',
    body: { schema: LogBody, form: true, fromQuery: true },
    returns: EventLogAnswer,
    errors: ['schedule_not_found'],
    example: {
      event_group_user_id: 416761,
      time_in: '2027-05-04T07:00:00.000Z',
      time_out: '2027-05-04T09:30:00.000Z',
    },
    handle: async (call) => {
      const found = await requireSchedule(call.scope, Number(call.params.id))
      return postLog(call.scope, found, call.body, (value) =>
        effect(call, printEventLog).reply({ ...reader(call), value }),
      )
    },
  }),
  eventRoute({
    id: 'addUsageLogs',
    method: 'post',
    path: '/event_schedules/{id}/logs/bulk',
    tag,
    schedule,
    locate,
    unprocessable,
    summary: 'Post up to 1,000 usage logs; each gets its own result',
    right: 'attendance:write',
    body: { schema: BulkBody },
    returns: BulkAnswer,
    errors: ['schedule_not_found'],
    example: {
      logs: [
        {
          event_group_user_id: 416761,
          time_in: '2027-05-04T07:00:00.000Z',
          time_out: '2027-05-04T09:30:00.000Z',
        },
      ],
    },
    handle: async (call) => {
      const found = await requireSchedule(call.scope, Number(call.params.id))
      return postLogs(call.scope, found, call.body.logs, (value: Written) =>
        printEventLog(call.view, { ...reader(call), value }),
      )
    },
  }),
]

async function allLogs(call: LogsCall, found: Schedule): Promise<Answer> {
  const wanted = wantedPage(call.query, cursorShapes.logs)
  const { total, rows } = await loadLogs(call.scope, found, wanted)
  const print = rows.map((row) => printLog(call.view, call.event, row))
  return page(call, print, total, rows.at(-1)?.log.sk)
}

/** A cursor here is the place of a log among the user's, in the shape of the other list's. */
async function logsOfUser(call: LogsCall, found: Schedule, id: number): Promise<Answer> {
  const { limit, offset, after = '' } = wantedPage(call.query, cursorShapes.logs)
  const user = (await usersById(call.scope, [id])).get(id)
  if (!user) {
    const message = 'There is no such user.'
    throw new ApiError('invalid_log', { field: 'event_group_user_id', message })
  }
  const [presences, groups] = await Promise.all([
    presencesOf(call.scope, found.id, id),
    groupsById(call.scope, [user.group]),
  ])
  const rest = presences.filter((presence) => orderOf(presence) > after)
  const some = rest.slice(offset, offset + limit)
  const group = groups.get(user.group)
  const rows = some.map((one) => {
    const value = { schedule: found, group, log: loggedOf(one, user) }
    return printEventLog(call.view, { ...reader(call), value })
  })
  const last = some.at(-1)
  return page(call, rows, presences.length, last && orderOf(last))
}

const orderOf = ({ timeIn, id }: { timeIn: number; id: number }): string =>
  `${String(timeIn).padStart(15, '0')}#${String(id).padStart(10, '0')}`

const reader = ({ event, token }: Pick<EventCall, 'event' | 'token'>) => ({
  event,
  keys: mayDo(token, 'event:write'),
})
