import { ApiError, codeOf, statusOf } from '#lib/base/errors.ts'
import { nowMillis } from '#lib/base/time.ts'
import type { AccessGroup, GroupUser, Schedule } from '#lib/model/schedule.ts'
import { logFaults } from '#lib/model/schedule-rules.ts'
import { groupsById, usersById } from '#lib/store/write/access-groups.ts'
import { addLog, addLogs, type Logged, type NewLog } from '#lib/store/write/usage-logs.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import type { Written } from '#lib/wire/schedule.ts'
import { LogBody } from '#lib/wire/schedule-bodies.ts'
import { parse } from './body.ts'

/** How a kept log is answered. */
export type PrintLog = (written: Written) => unknown

/** Keeps one log; throws `invalid_log` with the fields at fault. */
export async function postLog(
  scope: EventScope,
  schedule: Schedule,
  body: LogBody,
  reply: (written: Written) => RecordedResponse,
): Promise<RecordedResponse> {
  const users = await usersById(scope, [body.event_group_user_id])
  const log = newLog(schedule, body, users)
  const groups = await groupsById(scope, [log.user.group])
  return addLog(scope, schedule, log, (logged) =>
    reply({ schedule, group: groups.get(log.user.group), log: logged }),
  )
}

type Row = {
  index: number
  status: number
  eventLog?: unknown
  error?: { code: number; message: string; fields: string; errors: unknown[] }
}

/** Keeps many logs and says of each, in order, what became of it: what fails does not stop the others. */
export async function postLogs(
  scope: EventScope,
  schedule: Schedule,
  sent: unknown[],
  print: PrintLog,
): Promise<RecordedResponse> {
  const bodies = sent.map((one) => attempt(() => parse(LogBody, one, '', 'invalid_log')))
  const known = bodies.flatMap((body) => (body instanceof ApiError ? [] : [body]))
  const users = await usersById(
    scope,
    known.map((body) => body.event_group_user_id),
  )
  const logs = bodies.map((body) =>
    body instanceof ApiError ? body : attempt(() => newLog(schedule, body, users)),
  )
  const good = logs.flatMap((log) => (log instanceof ApiError ? [] : [log]))
  const kept = (await addLogs(scope, schedule, good)).values()
  const groupIds = [...users.values()].map(({ group }) => group)
  const groups = await groupsById(scope, groupIds)
  const rows = logs.map((log, index) => {
    const result = log instanceof ApiError ? log : (kept.next().value ?? new ApiError('store_busy'))
    return rowOf(index, result, schedule, groups, print)
  })
  const outcome: RecordedResponse = { status: 200, body: rows }
  await recordOutcome(scope, rows, outcome)
  return outcome
}

/** Logs posted again are the same logs, so an answer that is too large to keep or not final need not be kept. */
async function recordOutcome(
  scope: EventScope,
  rows: Row[],
  outcome: RecordedResponse,
): Promise<void> {
  const final = rows.every(({ status }) => status < 429)
  const small = JSON.stringify(outcome).length < 100_000
  if (scope.idempotency && final && small) await transact(scope, [], outcome)
}

function newLog(schedule: Schedule, body: LogBody, users: Map<number, GroupUser>): NewLog {
  const user = users.get(body.event_group_user_id)
  const times = { timeIn: body.time_in, timeOut: body.time_out }
  const errors = [
    ...(user ? [] : [{ field: 'event_group_user_id', message: 'There is no such user.' }]),
    ...logFaults(times, nowMillis()),
    ...(sameSchedule(schedule, body.guid)
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

const sameSchedule = ({ guid, id }: Schedule, sent: string | undefined): boolean =>
  sent === undefined || sent.toLowerCase() === guid || sent === String(id)

function rowOf(
  index: number,
  result: Logged | ApiError,
  schedule: Schedule,
  groups: Map<number, AccessGroup>,
  print: PrintLog,
): Row {
  if (!(result instanceof ApiError)) {
    const written = { schedule, group: groups.get(result.user.group), log: result }
    return { index, status: 200, ...(print(written) as object) }
  }
  const { reason, message, detail } = result
  const field = detail.field ?? ''
  const errors = detail.errors ?? (field ? [{ field, message }] : [])
  return {
    index,
    status: statusOf(reason),
    error: { code: codeOf(reason), message, fields: field, errors },
  }
}

function attempt<T>(work: () => T): T | ApiError {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}
