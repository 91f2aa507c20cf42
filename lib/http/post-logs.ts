import { ApiError, statusOf } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { GroupUser, KeptLog, NewLog, Schedule } from '#lib/model/schedule.ts'
import { logFaults } from '#lib/model/schedule-rules.ts'
import { usersById } from '#lib/store/read/access-groups.ts'
import { addLog, addLogs } from '#lib/store/write/usage-logs.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { LogBody } from '#lib/wire/schedule-bodies.ts'
import { attempt, isKept } from './attempt.ts'
import { parse } from './body.ts'
import { refusalOf } from './failure.ts'

/** What became of a log of many. */
export type LogResult = KeptLog | ApiError

/** Keeps one log; throws `invalid_log` with the fields at fault. */
export async function postLog(
  scope: EventScope,
  schedule: Schedule,
  body: LogBody,
): Promise<KeptLog> {
  return addLog(scope, schedule, newLog(schedule, body, await usersOf(scope, [body])))
}

/** Keeps many logs and says of each, in order, what became of it: what fails does not stop the others. */
export async function postLogs(
  scope: EventScope,
  schedule: Schedule,
  sent: unknown[],
): Promise<LogResult[]> {
  const read = async (one: unknown) => parse(LogBody, one, '', 'invalid_log')
  const bodies = await Promise.all(sent.map((one) => attempt(() => read(one))))
  const users = await usersOf(scope, bodies.filter(isGood))
  const logs = await Promise.all(
    bodies.map((body) =>
      attempt(async () => (body instanceof ApiError ? body : newLog(schedule, body, users))),
    ),
  )
  const kept = (await addLogs(scope, schedule, logs.filter(isGood))).values()
  const results = logs.map((log) =>
    log instanceof ApiError ? log : (kept.next().value ?? new ApiError('store_busy')),
  )
  return isKept(scope.recording, results) ? commit(scope, [], results) : results
}

/** The results as the answer lists them. */
export const printResults = (results: LogResult[], print: (log: KeptLog) => object) =>
  results.map((result, index) =>
    result instanceof ApiError
      ? { index, status: statusOf(result.reason), error: printRefusal(result) }
      : { index, status: 200, ...print(result) },
  )

function printRefusal(error: ApiError) {
  const { request_id: _, ...refusal } = refusalOf(error, '')
  return refusal
}

/** The users that logs name. */
const usersOf = (scope: EventScope, bodies: LogBody[]): Promise<Map<number, GroupUser>> =>
  usersById(
    scope,
    bodies.map((body) => body.event_group_user_id),
  )

function newLog(schedule: Schedule, body: LogBody, users: Map<number, GroupUser>): NewLog {
  const user = users.get(body.event_group_user_id)
  const times = { timeIn: body.time_in, timeOut: body.time_out }
  const errors = [
    ...(user ? [] : [{ field: 'event_group_user_id', message: 'There is no such user.' }]),
    ...logFaults(times, nowMillis()),
    ...(namesSchedule(schedule, body.guid)
      ? []
      : [{ field: 'guid', message: 'Must be the one in the path.' }]),
  ]
  const [first] = errors
  if (first || !user) {
    const detail = first && { field: first.field, message: first.message }
    throw new ApiError('invalid_log', { ...detail, errors })
  }
  const { ip_address: ip, ip_location: location, user_agent: agent } = body
  return { user, ...times, ip, location, agent }
}

const namesSchedule = ({ guid, id }: Schedule, sent: string | undefined): boolean =>
  sent === undefined || sent.toLowerCase() === guid || sent === String(id)

const isGood = <T>(one: T | ApiError): one is T => !(one instanceof ApiError)
