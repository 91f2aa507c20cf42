import { chunks } from '#lib/base/chunks.ts'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, millisOf, now } from '#lib/base/time.ts'
import { type StayRow, spanName, stayDay } from '#lib/model/log-days.ts'
import type { GroupUser, KeptLog, NewLog, Schedule } from '#lib/model/schedule.ts'
import { isPersonal } from '#lib/model/schedule-rules.ts'
import { groupsById, usersById } from '#lib/store/read/access-groups.ts'
import { logCount } from '#lib/store/read/usage-logs.ts'
import { nextNumbers } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import type { Segment } from '#lib/table/open-end.ts'
import { areAtEnd, areCovered, countIn, cutGrown, segmentsOf } from '#lib/table/ordered-count.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { retryOnConflict, VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, maxWrites, transact } from '#lib/table/transact.ts'
import { check, put, update, type Write } from '#lib/table/writes.ts'
import { erasureWrites, noteDay } from './log-erasures.ts'

// By hand: logs have integer ids, never change, and come in the order of time.

/** A log takes a row, a stay, an erasure, a segment and a check of its user, beside the schedule. */
const partSize = Math.floor((maxWrites - 1) / 5)

/** Keeps a log, or finds the one with the same schedule, user and times: one log, however often posted. */
export async function addLog(scope: EventScope, schedule: Schedule, log: NewLog): Promise<KeptLog> {
  const [kept] = await addPart(scope, schedule, [log], async (writes, [made]) => {
    if (writes.length > 0 || scope.recording) await commit(scope, writes, made)
  })
  if (!kept) throw new Error('a log was neither kept nor refused')
  return kept
}

/** The same for many: the result of each in the order given, an error where one could not be kept. */
export async function addLogs(
  scope: EventScope,
  schedule: Schedule,
  logs: NewLog[],
): Promise<(KeptLog | ApiError)[]> {
  const order = logs.map((_, n) => n)
  const byTime = order.sort((a, b) => ((logs[a]?.timeIn ?? '') < (logs[b]?.timeIn ?? '') ? -1 : 1))
  const results: (KeptLog | ApiError)[] = []
  for (const places of chunks(byTime, partSize)) {
    const some = places.flatMap((place) => logs[place] ?? [])
    const done = await addPart(scope, schedule, some, async (writes) => {
      if (writes.length > 0) await transact(scope, writes)
    }).catch((error) => {
      if (error instanceof ApiError) return places.map(() => error)
      throw error
    })
    places.forEach((place, n) => {
      results[place] = done[n] ?? new ApiError('store_busy')
    })
  }
  return results
}

/** A log with its place: the row of its user's day, and its stay there. */
type Placed = NewLog & { row: string; span: string }
type Numbered = Placed & { id: number }
type Finish = (writes: Write[], kept: KeptLog[]) => Promise<void>

async function addPart(
  scope: EventScope,
  schedule: Schedule,
  logs: NewLog[],
  finish: Finish,
): Promise<KeptLog[]> {
  let ids: number[] = []
  let users = new Map(logs.map(({ user }) => [user.id, user]))
  let isRepeated = false
  return retryOnConflict(scope, async () => {
    if (isRepeated) users = await usersById(scope, [...users.keys()])
    isRepeated = true
    const at = now()
    const placed = placedLogs(scope, schedule.id, logs, users)
    const [rows, groups, segments, drawn] = await Promise.all([
      stayRows(scope, schedule.id, placed),
      groupsById(
        scope,
        placed.map(({ user }) => user.group),
      ),
      segmentsAround(scope, schedule.id, logs),
      // One is drawn meanwhile, whether it is needed or not.
      logs.length === 1 && ids.length === 0 ? newIds(scope, 1) : ids,
      placed.some(isPersonal) ? noteDay(scope, at) : undefined,
    ])
    ids = drawn
    const known = new Map<string, number>()
    for (const log of placed) {
      const id = rows.get(log.row)?.[log.span]
      if (typeof id === 'number') known.set(nameOf(log), id)
    }
    const fresh = [...new Map(placed.map((log) => [nameOf(log), log])).values()].filter(
      (log) => !known.has(nameOf(log)),
    )
    checkQuota(rows, fresh)
    if (ids.length < fresh.length) ids = await newIds(scope, fresh.length)
    const numbered = fresh.map((log, n) => ({ ...log, id: ids[n] ?? 0 }))
    for (const log of numbered) known.set(nameOf(log), log.id)
    const kept = placed.map((log) => {
      const { user, timeIn, timeOut } = log
      const id = known.get(nameOf(log)) ?? 0
      return { id, schedule, user, group: groups.get(user.group), timeIn, timeOut }
    })
    const around = { schedule: schedule.id, rows, segments, at }
    await keep(scope, around, numbered, (writes) => finish(writes, kept))
    return kept
  })
}

/** What was read of a schedule at an instant: the days of users that its logs fall on, and the segments that count them. */
type Around = {
  schedule: number
  rows: Map<string, StayRow>
  segments: Segment[]
  at: Instant
}

async function keep(
  scope: EventScope,
  around: Around,
  fresh: Numbered[],
  finish: (writes: Write[]) => Promise<void>,
): Promise<void> {
  if (fresh.length === 0) return finish([])
  const { schedule, segments, at } = around
  const count = logCount(scope, schedule)
  const rows = fresh.map((log) => logRow(scope, schedule, log, at))
  const sks = rows.map(({ sk }) => sk)
  if (!areCovered(segments, sks)) throw await uncounted(scope, schedule)
  const personal = rows.filter(isPersonal)
  await finish([
    // The open end goes with the schedule, and everybody counts there: only those before it need the schedule's row.
    ...(areAtEnd(segments, sks)
      ? []
      : [check(keys.schedule(scope, schedule), { exists: true }, 'schedule_not_found')]),
    ...userChecks(scope, fresh),
    ...stayWrites(scope, around, fresh),
    ...rows.map((row) => put(row)),
    ...erasureWrites(scope, schedule, personal),
    ...countIn(count, segments, sks),
  ])
  await cutGrown(scope, count, segments, sks)
}

/** What is wrong where no segment counts a log: the schedule is gone, or a segment was cut meanwhile. */
const uncounted = async (scope: EventScope, schedule: number): Promise<Error> =>
  (await getRow(scope, keys.schedule(scope, schedule)))
    ? new VersionConflict()
    : new ApiError('schedule_not_found')

/** The segments that logs of these times fall on, whatever their ids: these are higher than all before. */
function segmentsAround(scope: EventScope, schedule: number, logs: NewLog[]): Promise<Segment[]> {
  const times = logs.map(({ timeIn }) => millisOf(timeIn))
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const at = (time: number) => keys.scheduleLog(scope, schedule, time, 0).sk
  const last = `${at(to).split('#', 1)[0]}#~`
  return segmentsOf(scope, logCount(scope, schedule), logs.length === 1 ? [last] : [at(from), last])
}

/** The logs with their users as they were read last: of somebody erased meanwhile nothing personal is kept. */
function placedLogs(
  scope: EventScope,
  schedule: number,
  logs: NewLog[],
  users: Map<number, GroupUser>,
): Placed[] {
  return logs.map((log) => {
    const { sk } = keys.scheduleStay(scope, schedule, log.user.id, stayDay(log.timeIn))
    const user = users.get(log.user.id) ?? log.user
    return { ...log, user, row: sk, span: spanName(log.timeIn, log.timeOut) }
  })
}

const nameOf = ({ row, span }: Placed): string => `${row} ${span}`

async function stayRows(
  scope: EventScope,
  schedule: number,
  placed: Placed[],
): Promise<Map<string, StayRow>> {
  const pk = keys.scheduleStays(scope, schedule)
  const rows = await getRows<StayRow>(
    scope,
    placed.map(({ row }) => ({ pk, sk: row })),
  )
  return new Map(rows.map((row) => [row.sk, row]))
}

/** Nobody logs in 5,000 times a day: who posts more gets 429. */
function checkQuota(rows: Map<string, StayRow>, fresh: Placed[]): void {
  for (const [row, some] of Map.groupBy(fresh, (log) => log.row)) {
    const count = (rows.get(row)?.ct ?? 0) + some.length
    if (count > limits.logsPerUserDay.value) {
      throw new ApiError('too_many_requests', { headers: { 'retry-after': '3600' } })
    }
  }
}

/** Hold while the users are there and as they were read: erased or not. They go with their event alone. */
function userChecks(scope: EventScope, logs: Placed[]): Write[] {
  const users = new Map<number, GroupUser>(logs.map(({ user }) => [user.id, user]))
  return [...users.values()].map(({ id, erased }) =>
    check(keys.scheduleUser(scope, id), { exists: true, equals: { erased } }, (existing) =>
      existing ? new VersionConflict() : new ApiError('event_not_found'),
    ),
  )
}

/** Hold while none of the stays is kept already, and the day has room for all: the quota was judged by `rows`. */
function stayWrites(scope: EventScope, { schedule, rows }: Around, logs: Numbered[]): Write[] {
  const pk = keys.scheduleStays(scope, schedule)
  return [...Map.groupBy(logs, ({ row }) => row)].map(([sk, some]) => {
    const most = limits.logsPerUserDay.value - some.length
    return update(
      { pk, sk },
      { set: Object.fromEntries(some.map(({ span, id }) => [span, id])), add: { ct: some.length } },
      {
        equals: Object.fromEntries(some.map(({ span }) => [span, undefined])),
        ...(rows.has(sk) ? { atMost: ['ct', most] } : { exists: false }),
      },
      'conflict',
    )
  })
}

function logRow(scope: EventScope, schedule: number, log: Numbered, createdAt: Instant) {
  const { id, user, timeIn, timeOut, ip, location, agent } = log
  return {
    ...keys.scheduleLog(scope, schedule, millisOf(timeIn), id),
    kind: 'usage_log',
    id,
    user: user.id,
    timeIn,
    timeOut,
    createdAt,
    ...(!user.erased && { ip, location, agent }),
  }
}

async function newIds(scope: EventScope, count: number): Promise<number[]> {
  const first = await nextNumbers(scope, 'usage-log', count)
  return [...Array(count).keys()].map((n) => first + n)
}
