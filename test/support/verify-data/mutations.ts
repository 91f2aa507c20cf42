import { newId } from '#lib/base/ids.ts'
import { instantOf, nowMillis } from '#lib/base/time.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketOf, subBucketOf } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import type { Copy, Row } from './table.ts'

/** What is broken, and whether the verifier mends it. */
export type Mutation = {
  rule: string
  what: string
  mends?: boolean
  break: (table: Copy) => Promise<void>
}

const scopeAt = ({ pk }: Row) => {
  const [org = '', event = ''] = pk.split('#')
  return remainsScope({ org, deadline: Date.now() + 600_000 }, event)
}

const changed =
  (pattern: RegExp, change: (row: Row) => object, fits?: (row: Row) => boolean) =>
  async (table: Copy): Promise<void> => {
    const row = table.one(pattern, fits)
    await table.put({ ...row, ...change(row) })
  }
const dropped = (pattern: RegExp, fits?: (row: Row) => boolean) => (table: Copy) =>
  table.drop(table.one(pattern, fits))

/** Removes a member of a counted set, and counts it out. */
const uncounted =
  (pattern: RegExp, set: (row: Row, owner: string) => ReturnType<typeof sets.people>) =>
  async (table: Copy) => {
    const row = table.one(pattern)
    const counted = set(row, row.pk.split('#').at(-1) ?? '')
    const bucket = table.at(counted.buckets, counted.bucketPrefix + bucketOf(counted, row.sk))
    const inner = subBucketOf(counted, row.sk)
    await table.drop(row)
    const less = bucket.lv === 1 ? { [inner]: bucket[inner] - 1 } : {}
    await table.put({ ...bucket, ct: bucket.ct - 1, ...less })
  }

const open = (row: Row) => row.capacity === undefined
const later = nowMillis() + 365 * 86_400_000

export const mutations: Mutation[] = [
  {
    rule: 'unknown',
    what: 'a row of no kind',
    break: (t) => t.put({ ...t.one(/#GS 00$/), pk: `${t.one(/ E$/).pk}#ZZ` }),
  },
  {
    rule: 'shape',
    what: 'a person without a version',
    break: changed(/#P per/, () => ({ vr: 0 })),
  },
  {
    rule: 'event-gone',
    what: 'a row of no event',
    break: (t) => t.put({ pk: `${t.one(/ E$/).org}#evt_${'b'.repeat(26)}#SN`, sk: '-', n: 1 }),
  },
  {
    rule: 'open',
    what: 'a person who waits for no job',
    break: changed(/#P per/, () => ({ open: 'none' })),
  },
  {
    rule: 'gone',
    what: 'a deletion without a job',
    break: changed(/ E$/, () => ({ gone: new Set([newId('person')]) })),
  },
  {
    rule: 'gone',
    what: 'deletions that no request looks at',
    break: (t) => t.put({ pk: `${t.one(/ E$/).pk}#G+`, sk: 'a' }),
  },
  {
    rule: 'linking',
    what: 'links without a job',
    break: changed(/ E$/, () => ({ linking: new Set(['none']) })),
  },
  {
    rule: 'job',
    what: 'a job without a turn',
    mends: true,
    break: (t) => t.put(aJob(t.one(/ E$/))),
  },
  {
    rule: 'job',
    what: 'a turn without a job',
    mends: true,
    break: (t) => t.put(keys.queued(instantOf(later), 'nobody')),
  },
  {
    rule: 'count',
    what: 'groups miscounted',
    mends: true,
    break: changed(/#GS 00$/, ({ ct }) => ({ ct: ct + 1 })),
  },
  {
    rule: 'kept',
    what: 'people of an event miscounted in the list',
    break: changed(/#E evt/, () => ({
      counts: { people: 999, groups: 999, tracks: 999, pictures: 999 },
    })),
  },
  {
    rule: 'count',
    what: 'sub-buckets that count nothing',
    mends: true,
    break: changed(
      /#PC /,
      () => ({ lv: 1 }),
      ({ ct, lv }) => ct > 0 && lv === undefined,
    ),
  },
  {
    rule: 'buckets',
    what: 'a bucket that is not there',
    mends: true,
    break: dropped(/#GC /, ({ ct }) => ct === 0),
  },
  {
    rule: 'buckets',
    what: 'a shard that is not there',
    mends: true,
    break: dropped(/#SA\S* ..\.1$/, ({ ct }) => ct === 0),
  },
  {
    rule: 'count',
    what: 'a shard miscounted',
    mends: true,
    break: changed(/#SA\S* ..\.2$/, ({ ct }) => ({ ct: ct + 1 })),
  },
  { rule: 'speakers', what: 'a speaker who is not in Speakers', break: speakerOutside },
  {
    rule: 'member',
    what: 'a member without a row',
    mends: true,
    break: uncounted(/#G#grp\w+ per/, (row, id) => sets.members(scopeAt(row), id)),
  },
  { rule: 'attendee', what: 'an attendee without a row', mends: true, break: attendeeLost },
  {
    rule: 'track',
    what: 'a session of a track without a row',
    mends: true,
    break: uncounted(/#T#trk\w+ ses/, (row, id) => sets.trackSessions(scopeAt(row), id)),
  },
  {
    rule: 'role',
    what: 'a session that does not know its moderator',
    break: changed(
      /#S ses/,
      ({ roles }) => ({ roles: { ...roles, rol_moderator: [] } }),
      ({ roles }) => roles.rol_moderator?.length > 0,
    ),
  },
  {
    rule: 'role-holder',
    what: 'a holder of a role that nobody has',
    mends: true,
    break: (t) => t.put({ pk: `${t.one(/ E$/).pk}#SR#rol_moderator`, sk: newId('person') }),
  },
  {
    rule: 'seats',
    what: 'a seat too many',
    break: changed(
      /#S ses/,
      ({ capacity }) => ({ capacity: capacity + 1 }),
      (row) => !open(row),
    ),
  },
  {
    rule: 'line',
    what: 'a place in the line not counted',
    break: changed(/#SE#\w+ -$/, ({ wn }) => ({ wn: wn - 1 })),
  },
  {
    rule: 'waiting',
    what: 'a place in the line for somebody else',
    break: changed(/#SE#\w+ W#/, () => ({ person: newId('person') })),
  },
  {
    rule: 'hidden',
    what: 'somebody hidden who hides not',
    mends: true,
    break: (t) => t.put({ pk: `${t.one(/ E$/).pk}#PH`, sk: newId('person') }),
  },
  { rule: 'email', what: 'an address that leads to nobody', mends: true, break: dropped(/#M#/) },
  {
    rule: 'external-id',
    what: 'another id that leads nowhere',
    mends: true,
    break: dropped(/#X#person/),
  },
  {
    rule: 'name',
    what: 'a name kept for nobody',
    mends: true,
    break: (t) => t.put({ ...t.one(/#GN /), sk: 'nobody' }),
  },
  {
    rule: 'words',
    what: 'a person who is not found by a word',
    mends: true,
    break: dropped(/#Q#\w+ /),
  },
  { rule: 'order', what: 'a session out of order', mends: true, break: dropped(/#ST /) },
  {
    rule: 'order',
    what: 'a place in the order that says another end',
    break: changed(/#ST /, () => ({ till: '2099-01-01T00:00' })),
  },
  {
    rule: 'reference',
    what: 'a value of no field',
    break: changed(/#P per/, ({ custom }) => ({ custom: { ...custom, [newId('field')]: 'x' } })),
  },
  {
    rule: 'picture-use',
    what: 'a picture that does not know who shows it',
    mends: true,
    break: dropped(/#I#/),
  },
  {
    rule: 'connection',
    what: 'a connection that one side has otherwise',
    break: changed(/#R#\w+ C#/, () => ({ status: 'REJECT' })),
  },
  {
    rule: 'meeting',
    what: 'a meeting that one side has otherwise',
    break: changed(/#R#\w+ W#/, () => ({ note: 'Elsewhere' })),
  },
  {
    rule: 'booked',
    what: 'a time booked for no meeting',
    break: changed(
      /#P per/,
      () => ({ booked: { [newId('meeting')]: { start: later, end: later + 1 } } }),
      ({ booked }) => !booked,
    ),
  },
  {
    rule: 'double-booked',
    what: 'two meetings at a time',
    break: changed(
      /#P per/,
      () => ({
        booked: {
          [newId('meeting')]: { start: 1, end: 3 },
          [newId('meeting')]: { start: 2, end: 4 },
        },
      }),
      ({ booked }) => !booked,
    ),
  },
  {
    rule: 'requests',
    what: 'requests miscounted',
    break: changed(/#R#\w+ Q$/, () => ({ ct: -1 })),
  },
  { rule: 'match', what: 'a pair of which one knows nothing', break: dropped(/#R#\w+ N#/) },
  {
    rule: 'round',
    what: 'a round that nobody has shown',
    break: changed(/#N#\w+ H$/, () => ({ runs: [] })),
  },
  { rule: 'badge', what: 'a badge that no code leads to', mends: true, break: dropped(/#JB#/) },
  { rule: 'nonce', what: 'a scan that would count twice', mends: true, break: dropped(/#JN#/) },
  {
    rule: 'presence',
    what: 'a presence that knows not all scans',
    break: changed(/#R#\w+ J#/, ({ to }) => ({ to: to - 1 })),
  },
  {
    rule: 'tally',
    what: 'a door miscounted',
    break: changed(/#JC /, ({ ins = 0 }) => ({ ins: ins + 1 })),
  },
  {
    rule: 'schedule',
    what: 'a schedule that no GUID leads to',
    mends: true,
    break: dropped(/#HG#/),
  },
  {
    rule: 'stay',
    what: 'a day that counts its stays wrongly',
    break: changed(/#HD#/, ({ ct }) => ({ ct: ct + 1 })),
  },
  {
    rule: 'log-erasure',
    what: 'a log that will not be erased',
    mends: true,
    break: dropped(/^HX#/),
  },
  {
    rule: 'segments',
    what: 'logs of a shard miscounted',
    break: changed(/#HLC#\S* ~\.2$/, ({ ct }) => ({ ct: ct + 1 })),
  },
  {
    rule: 'segments',
    what: 'a shard of logs that is not there',
    break: dropped(/#HLC#\S* ~\.\w$/, ({ ct }) => ct === 0),
  },
  {
    rule: 'segments',
    what: 'logs miscounted',
    break: changed(/#HLC#/, ({ ct }) => ({ ct: ct + 1 })),
  },
  {
    rule: 'counter',
    what: 'a number that will be given again',
    break: changed(/#N#usage-log -$/, () => ({ ct: 0 })),
  },
  { rule: 'webhook', what: 'a webhook that knows not how far it is', break: dropped(/#WA /) },
  {
    rule: 'cursor',
    what: 'a webhook ahead of all changes',
    break: changed(/#WA /, () => ({ cursor: 1_000_000 })),
  },
  { rule: 'retry', what: 'a delivery that nobody tries again', break: lostRetry },
  {
    rule: 'batch',
    what: 'a batch that nobody carries on',
    break: (t) => aBatch(t, ['I#000', 'R1#000']),
  },
  {
    rule: 'batch',
    what: 'a batch of which the results are lost',
    break: (t) => aBatch(t, ['R1#000'], 'done'),
  },
  { rule: 'export', what: 'an export that nobody ends', mends: true, break: dropped(/^ZX /) },
  {
    rule: 'numbering',
    what: 'a gap in the numbers',
    break: changed(/#L H$/, ({ seq }) => ({ seq: seq + 1 })),
  },
  { rule: 'history', what: 'a change that is not with its object', break: dropped(/#LO#\S+ O#/) },
  {
    rule: 'numbered',
    what: 'an event of which nobody knows that it is numbered',
    mends: true,
    break: dropped(/^LE /),
  },
  {
    rule: 'event-row',
    what: 'a short code that leads nowhere',
    mends: true,
    break: dropped(/#ES#/),
  },
  {
    rule: 'token',
    what: 'a token that is not in the list',
    mends: true,
    break: uncounted(/#K tok/, (row) => sets.tokens(scopeAt(row))),
  },
  { rule: 'feed', what: 'a calendar feed that opens nothing', mends: true, break: dropped(/^KF#/) },
]

const aJob = ({ org, id }: Row): Row => {
  const due = instantOf(later)
  const of = { org, event: id, due, work: {}, failures: 0, vr: 1 }
  return { ...keys.job('none'), id: 'none', kind: 'revise-entries', ...of }
}

async function attendeeLost(table: Copy): Promise<void> {
  const sessions = table.all(/#S ses/, open).map(({ id }) => id)
  const lost = uncounted(new RegExp(`#S#(${sessions.join('|')}) per`), (row, id) =>
    sets.attendees(scopeAt(row), id),
  )
  await lost(table)
}

/** Both sides agree that a speaker is not in the group. */
async function speakerOutside(table: Copy): Promise<void> {
  const isSpeaker = ({ agenda }: Row) => JSON.stringify(agenda).includes('rol_speaker')
  const person = table.one(/#P per/, isSpeaker)
  const { speakersGroup: id } = table.at(person.pk.replace(/#P$/, ''), 'E')
  const isIn = new RegExp(`#G#${id} ${person.id}`)
  await uncounted(isIn, (row) => sets.members(scopeAt(row), id))(table)
  const left = new Set<string>(person.groupIds)
  left.delete(id)
  const { groupIds: _, ...rest } = person
  await table.put(left.size > 0 ? { ...rest, groupIds: left } : (rest as Row))
}

async function aBatch(table: Copy, parts: string[], status = 'running'): Promise<void> {
  const { pk } = table.one(/ E$/)
  const id = newId('batch')
  await table.put({ pk: `${pk}#BT`, sk: id, id, status, vr: status === 'done' ? 2 : 1 })
  for (const part of parts) await table.put({ pk: `${pk}#BP`, sk: `${id}#${part}`, part: '' })
}

async function lostRetry(table: Copy): Promise<void> {
  const { pk, sk } = table.one(/#WA /)
  const delivery = { id: '000000000001', sequence: 1, status: 'pending', due: instantOf(later) }
  await table.put({ pk: `${pk.replace(/WA$/, 'WD')}#${sk}`, sk: delivery.id, ...delivery })
}
