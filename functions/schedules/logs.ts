import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { ok, write, written } from '#lib/http/answer.ts'
import { page, pageOf, pageQuery } from '#lib/http/page.ts'
import { type LogResult, postLog, postLogs, printResults } from '#lib/http/post-logs.ts'
import type { Answer, EventCall, eventRoute, Route } from '#lib/http/route.ts'
import { located, scheduleRoute, unprocessable } from '#lib/http/wrappers.ts'
import type { ListedLog, Schedule } from '#lib/model/schedule.ts'
import { usersById } from '#lib/store/read/access-groups.ts'
import { loadLogs, loadUserLogs } from '#lib/store/read/schedule-details.ts'
import { locateSchedule, requireSchedule } from '#lib/store/read/schedules.ts'
import { printEventLog, printLog } from '#lib/wire/schedule.ts'
import { BulkAnswer, EventLogAnswer, LogAnswer } from '#lib/wire/schedule-answers.ts'
import { anyPlace, BulkBody, LogBody, userNumber } from '#lib/wire/schedule-bodies.ts'
import { readerOf } from './reader.ts'

const tag = 'Event schedules'
const logRoute: typeof eventRoute = (spec) =>
  unprocessable(located(scheduleRoute(spec), locateSchedule))
const logsQuery = { ...pageQuery(1000), event_group_user_id: v.optional(userNumber) }
type LogsCall = EventCall<{ [K in keyof typeof logsQuery]: v.InferOutput<(typeof logsQuery)[K]> }>

export const logRoutes: Route[] = [
  logRoute({
    id: 'listUsageLogs',
    method: 'get',
    path: '/event_schedules/{id}/logs',
    tag,
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
  logRoute({
    id: 'addUsageLog',
    method: 'post',
    path: '/event_schedules/{id}/logs',
    tag,
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
      return written(call, printEventLog(readerOf(call)), (scope) =>
        postLog(scope, found, call.body),
      )
    },
  }),
  logRoute({
    id: 'addUsageLogs',
    method: 'post',
    path: '/event_schedules/{id}/logs/bulk',
    tag,
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
      const print = printEventLog(readerOf(call))
      return write(
        call,
        (results: LogResult[]) => ok(printResults(results, (log) => print(call.view, log))),
        (scope) => postLogs(scope, found, call.body.logs),
      )
    },
  }),
]

async function allLogs(call: LogsCall, found: Schedule): Promise<Answer> {
  const logs = await loadLogs(call.scope, found, pageOf(call.query, 'logs'))
  return page(call, (view, log: ListedLog) => printLog(view, call, log), logs)
}

async function logsOfUser(call: LogsCall, found: Schedule, id: number): Promise<Answer> {
  const wanted = pageOf(call.query, 'logs')
  const user = (await usersById(call.scope, [id])).get(id)
  if (!user) {
    const message = 'There is no such user.'
    throw new ApiError('invalid_log', { field: 'event_group_user_id', message })
  }
  const logs = await loadUserLogs(call.scope, found, user, wanted)
  return page(call, printEventLog(readerOf(call)), logs)
}
