import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, instantOf, millisOf, now } from '#lib/base/time.ts'
import {
  type Presence,
  type PresenceRow,
  presenceDay,
  presencesIn,
  spanName,
} from '#lib/model/log-days.ts'
import type { GroupUser, Personal, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { erasureWrites, isPersonal, noteDays } from '#lib/store/jobs/personal-logs.ts'
import { chunks } from '#lib/store/jobs/queue.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { nextNumbers } from '#lib/table/counter.ts'
import { keys } from '#lib/table/keys.ts'
import {
  countIn,
  cutGrown,
  listOrdered,
  type OrderedCount,
  segmentsOf,
} from '#lib/table/ordered-count.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, type RecordedResponse, withoutRecording } from '#lib/table/scope.ts'
import { put, transact, update, type Write } from '#lib/table/transact.ts'

export type NewLog = Personal & { user: GroupUser; timeIn: Instant; timeOut: Instant }
/** A log as its poster sees it: the same for a repeated one. */
export type Logged = { id: number; user: GroupUser; timeIn: Instant; timeOut: Instant }

/** So many logs, each with a row, a presence and an erasure, fit one transaction beside their stretches. */
const partSize = 24

export const logCount = (scope: EventScope, schedule: number): OrderedCount => ({
  rows: keys.scheduleLogs(scope, schedule),
  stretches: keys.scheduleLogTally(scope, schedule),
})

/** Keeps a log, or finds the one with the same schedule, user and times: one log, however often posted. */
export async function addLog(
  scope: EventScope,
  schedule: Schedule,
  log: NewLog,
  reply: (logged: Logged) => RecordedResponse,
): Promise<RecordedResponse> {
  let outcome: RecordedResponse | undefined
  await addPart(scope, schedule, [log], ([logged]) => {
    if (logged) outcome = reply(logged)
    return outcome
  })
  if (!outcome) throw new Error('a log was neither kept nor refused')
  return outcome
}

/** The same for many: the result of each in the order given, an error where one could not be kept. */
export async function addLogs(
  scope: EventScope,
  schedule: Schedule,
  logs: NewLog[],
): Promise<(Logged | ApiError)[]> {
  const order = logs.map((_, n) => n)
  const byTime = order.sort((a, b) => ((logs[a]?.timeIn ?? '') < (logs[b]?.timeIn ?? '') ? -1 : 1))
  const results: (Logged | ApiError)[] = []
  for (const places of chunks(byTime, partSize)) {
    const some = places.flatMap((place) => logs[place] ?? [])
    const done = await addPart(withoutRecording(scope), schedule, some).catch((error) => {
      if (error instanceof ApiError) return places.map(() => error)
      throw error
    })
    places.forEach((place, n) => {
      results[place] = done[n] ?? new ApiError('store_busy')
    })
  }
  return results
}

/** Logs of the schedule by time in, then id. */
export const listLogs = (
  scope: EventScope,
  schedule: number,
  wanted: PageWanted,
): Promise<Page<UsageLog>> => listOrdered<UsageLog>(scope, logCount(scope, schedule), wanted)

/** All presences of one user in the schedule, by time in. */
export async function presencesOf(
  scope: EventScope,
  schedule: number,
  user: number,
): Promise<Presence[]> {
  const { pk, sk: from } = keys.schedulePresence(scope, schedule, user, '')
  const rows = await queryRows<PresenceRow>(scope, { pk, from, to: `${from}~` })
  return rows.flatMap(presencesIn)
}

type Done = (logged: Logged[]) => RecordedResponse | undefined
type Wanted = NewLog & { row: string; span: string }

async function addPart(
  scope: EventScope,
  schedule: Schedule,
  logs: NewLog[],
  done: Done = () => undefined,
): Promise<Logged[]> {
  const wanted = logs.map((log) => ({ ...log, ...placeOf(scope, schedule.id, log) }))
  let ids: number[] = []
  return retryOnConflict(scope, async () => {
    const rows = await presenceRows(scope, schedule.id, wanted)
    const found = new Map<string, number>()
    for (const { row, span } of wanted) {
      const id = rows.get(row)?.[span]
      if (typeof id === 'number') found.set(row + span, id)
    }
    const fresh = [...new Map(wanted.map((log) => [log.row + log.span, log]))]
      .filter(([name]) => !found.has(name))
      .map(([, log]) => log)
    checkQuota(rows, fresh)
    if (ids.length < fresh.length) ids = await newIds(scope, fresh.length)
    fresh.forEach((log, n) => void found.set(log.row + log.span, ids[n] ?? 0))
    const logged = wanted.map(({ row, span, user, timeIn, timeOut }) => {
      return { id: found.get(row + span) ?? 0, user, timeIn, timeOut }
    })
    await keep(scope, schedule, fresh, ids, done(logged))
    return logged
  })
}

async function keep(
  scope: EventScope,
  schedule: Schedule,
  fresh: Wanted[],
  ids: number[],
  outcome: RecordedResponse | undefined,
): Promise<void> {
  if (fresh.length === 0) {
    if (scope.idempotency && outcome) await transact(scope, [], outcome)
    return
  }
  const tally = logCount(scope, schedule.id)
  const at = now()
  const rows = fresh.map((log, n) => logRow(scope, schedule.id, log, ids[n] ?? 0, at))
  const sks = rows.map(({ sk }) => sk)
  const stretches = await segmentsOf(scope, tally, sks)
  if (stretches.length === 0) throw new ApiError('schedule_not_found')
  const personal = rows.filter(isPersonal)
  const writes = [
    ...presenceWrites(scope, schedule.id, fresh, ids),
    ...rows.map((row) => put(row)),
    ...erasureWrites(scope, schedule.id, personal),
    ...countIn(tally, stretches, sks),
  ]
  await transact(scope, writes, outcome)
  noteDays(personal)
  await cutGrown(scope, tally, stretches, sks)
}

function placeOf(scope: EventScope, schedule: number, { user, timeIn, timeOut }: NewLog) {
  const { sk } = keys.schedulePresence(scope, schedule, user.id, presenceDay(timeIn))
  return { row: sk, span: spanName(timeIn, timeOut) }
}

async function presenceRows(
  scope: EventScope,
  schedule: number,
  wanted: Wanted[],
): Promise<Map<string, PresenceRow>> {
  const pk = keys.schedulePresences(scope, schedule)
  const rows = await getRows<PresenceRow>(
    scope,
    wanted.map(({ row }) => ({ pk, sk: row })),
  )
  return new Map(rows.map((row) => [row.sk, row]))
}

/** Nobody logs in 5,000 times a day: who posts more gets 429 (threats T53). */
function checkQuota(rows: Map<string, PresenceRow>, fresh: Wanted[]): void {
  for (const [row, some] of Map.groupBy(fresh, (log) => log.row)) {
    const count = (rows.get(row)?.ct ?? 0) + some.length
    if (count > limits.logsPerUserDay.value) {
      throw new ApiError('too_many_requests', { headers: { 'retry-after': '3600' } })
    }
  }
}

function presenceWrites(
  scope: EventScope,
  schedule: number,
  fresh: Wanted[],
  ids: number[],
): Write[] {
  const pk = keys.schedulePresences(scope, schedule)
  const numbered = fresh.map((log, n) => ({ ...log, id: ids[n] ?? 0 }))
  return [...Map.groupBy(numbered, ({ row }) => row)].map(([sk, some]) =>
    update(
      { pk, sk },
      { set: Object.fromEntries(some.map(({ span, id }) => [span, id])), add: { ct: some.length } },
      { equals: Object.fromEntries(some.map(({ span }) => [span, undefined])) },
      'conflict',
    ),
  )
}

function logRow(scope: EventScope, schedule: number, log: NewLog, id: number, createdAt: Instant) {
  const { user, timeIn, timeOut, ip, location, agent } = log
  return {
    ...keys.scheduleLog(scope, schedule, millisOf(timeIn), id),
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

/** A presence as its log reads. */
export const loggedOf = ({ id, timeIn, timeOut }: Presence, user: GroupUser): Logged => ({
  id,
  user,
  timeIn: instantOf(timeIn),
  timeOut: instantOf(timeOut),
})
