import { type StayRow, spanName, stayDay, staysIn } from '#lib/model/log-days.ts'
import type { AccessGroup, GroupUser, Schedule, UsageLog } from '#lib/model/schedule.ts'
import { isPersonal } from '#lib/model/schedule-rules.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import { type Segment, type Shard, shardNames } from '#lib/table/open-end.ts'
import { countedIn } from '../counts.ts'
import { type Fault, on, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { highest } from './numbers.ts'

/** Logs whose personal values are to go lie in so many partitions a day. */
const partsOfDay = 4

function schedule(one: Schedule & Row, seen: Seen): void {
  const { scope } = seen
  const to = { event: scope.event, id: one.id }
  isNumbered(seen, one.id, 'schedule')
  countedIn(seen, sets.schedules(scope), one.sk)
  seen.wants('schedule', { ...keys.scheduleByNumber(scope, one.id), ...to })
  seen.wants('schedule', { ...keys.scheduleByGuid(scope, one.guid), ...to })
  seen.isThere()
}

/** Integer ids are the sort keys, and none is beyond what has been given. */
function isNumbered(seen: Seen, id: number, family: string): void {
  if (seen.row.sk !== String(id).padStart(10, '0'))
    seen.wrong('shape', `number ${seen.row.sk}`, String(id))
  highest(seen, family, id)
}

function user(one: GroupUser & Row, seen: Seen): void {
  const { scope } = seen
  isNumbered(seen, one.id, 'group-user')
  countedIn(seen, sets.accessUsers(scope), one.sk)
  inSegments(seen, keys.scheduleUserSegments(scope))
  seen.needs('reference', keys.scheduleGroup(scope, one.group))
  if (one.erased !== true)
    seen.wants('schedule', { ...keys.scheduleEmail(scope, one.email, one.group), user: one.id })
  seen.isThere()
}

function log(one: UsageLog & Row, seen: Seen): void {
  const { scope } = seen
  const schedule = Number(seen.args[0])
  const { id, timeIn, timeOut, createdAt } = one
  const { sk } = keys.scheduleLog(scope, schedule, Date.parse(timeIn), id)
  if (sk !== one.sk) seen.wrong('shape', `the log of ${one.sk}`, sk)
  highest(seen, 'usage-log', id)
  seen.needs('reference', keys.schedule(scope, schedule))
  seen.needs('reference', keys.scheduleUser(scope, one.user))
  inSegments(seen, keys.scheduleLogSegments(scope, schedule))
  const stay = keys.scheduleStay(scope, schedule, one.user, stayDay(timeIn))
  seen.agrees('stay', `${stay.pk} ${stay.sk} ${spanName(timeIn, timeOut)} ${id}`, 1, () => [stay])
  if (!isPersonal(one)) return
  const day = createdAt.slice(0, 10)
  const place = [createdAt, scope.org, scope.event, schedule, one.sk].join('#')
  seen.wants('log-erasure', keys.scheduleErasure(day, id % partsOfDay, place))
  seen.needs('log-erasure', keys.scheduleErasureDay(day))
}

function stays(row: StayRow & Row, seen: Seen): void {
  const schedule = Number(seen.args[0])
  const all = staysIn(row)
  seen.needs('reference', keys.schedule(seen.scope, schedule))
  if (all.length !== row.ct) seen.wrong('stay', `${all.length} stays`, `${row.ct} counted`)
  for (const { id, timeIn, timeOut } of all) {
    const span = spanName(new Date(timeIn).toISOString(), new Date(timeOut).toISOString())
    const key = keys.scheduleLog(seen.scope, schedule, timeIn, id)
    seen.agrees('stay', `${row.pk} ${row.sk} ${span} ${id}`, -1, () => [key])
  }
}

function erasure(row: Row, seen: Seen): void {
  const [, org = '', event = '', schedule = '', timeIn = '', id = ''] = row.sk.split('#')
  const scope = { ...seen.scope, org, event, e: `${org}#${event}` }
  const key = keys.scheduleLog(scope, Number(schedule), Number(timeIn), Number(id))
  seen.stands('log-erasure', () => [key])
}

/** Rows in an order of their own are counted by segments of it: all texts of a book are kept, and compared at its end. */
function inSegments(seen: Seen, segments: string): void {
  const { pk, sk } = seen.row
  seen.adds('segments', segments, { textRow: sk }, () => [{ pk: segments }, { pk }])
}

function segment(row: (Segment | Shard) & Row, seen: Seen, rows: string): void {
  const { pk, sk, ct } = row
  const said =
    'of' in row
      ? { textShard: `${row.of} ${ct}` }
      : { textSegment: `${sk} ${row.up} ${ct} ${row.sh ?? 0}` }
  seen.adds('segments', pk, said, () => [{ pk }, { pk: rows }])
}

type Book = { textRow?: string[]; textSegment?: string[]; textShard?: string[] }

export function segmentsFault(book: Book): Fault | undefined {
  const { textRow = [], textSegment = [], textShard = [] } = book
  const shards = textShard.map((text) => text.split(' '))
  const wrong = (expected: string, found: string) => ({ rule: 'segments', expected, found })
  const rows = textRow.toSorted()
  const segments = textSegment
    .map((text) => text.split(' '))
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  let from = '!'
  let at = 0
  for (const [sk = '', up = '', own = '', isSpread] of segments) {
    const beside = shards.filter(([of]) => of === sk)
    const wanted = isSpread === '1' && up === '~' ? shardNames.length : 0
    if (beside.length !== wanted) return wrong(`${wanted} shards of ${sk}`, `${beside.length}`)
    const ct = beside.reduce((sum, [, count]) => sum + Number(count), Number(own))
    if (sk !== from) return wrong(`a segment from ${from}`, sk)
    const before = at
    while (at < rows.length && (rows[at] ?? '') < up) at += 1
    if (at - before !== ct) return wrong(`${at - before} rows from ${sk}`, `${ct} counted`)
    from = up
  }
  const ends = segments.map(([sk]) => sk)
  if (shards.some(([of]) => !ends.includes(of))) return wrong('a segment of each shard', 'none')
  if (segments.length === 0) return rows.length > 0 ? wrong('segments', 'none') : undefined
  return from === '~' ? undefined : wrong('segments to the end', `to ${from}`)
}

export const scheduleRules: Rules[] = [
  on<Schedule>(keys.schedules(s), schedule),
  on<AccessGroup>(keys.scheduleGroups(s), (one, seen) => {
    isNumbered(seen, one.id, 'access-group')
    countedIn(seen, sets.accessGroups(seen.scope), one.sk)
    seen.wants('schedule', { ...keys.scheduleAccess(seen.scope, one.accessKey), group: one.id })
    seen.isThere()
  }),
  on<{ group: number }>(keys.scheduleAccess(s, any).pk, ({ group }, seen) =>
    seen.stands('schedule', () => [keys.scheduleGroup(seen.scope, group)], ['group']),
  ),
  on<GroupUser>(keys.scheduleUsers(s), user),
  on<Segment>(keys.scheduleUserSegments(s), (row, seen) =>
    segment(row, seen, keys.scheduleUsers(seen.scope)),
  ),
  on<{ user: number }>(keys.scheduleEmails(s, any), ({ user }, seen) =>
    seen.stands('schedule', () => [keys.scheduleUser(seen.scope, user)], ['user']),
  ),
  on<UsageLog>(keys.scheduleLogs(s, 1), log),
  on<Segment>(keys.scheduleLogSegments(s, 1), (row, seen) => {
    const schedule = Number(seen.args[0])
    seen.needs('reference', keys.schedule(seen.scope, schedule))
    segment(row, seen, keys.scheduleLogs(seen.scope, schedule))
  }),
  on<StayRow>(keys.scheduleStay(s, 1, 1, any).pk, stays),
  on(keys.scheduleErasures(any, 1), erasure),
  on(keys.scheduleErasureDays(), (_, seen) => seen.isThere()),
  ...[keys.scheduleByNumber(s, 1), keys.scheduleByGuid(s, any)].map(({ pk }) =>
    on<{ event: string; id: number }>(pk, ({ event, id }, seen) => {
      const scope = { ...seen.scope, event, e: `${seen.scope.org}#${event}` }
      seen.stands('schedule', () => [keys.schedule(scope, id)], ['event', 'id'])
    }),
  ),
]
