import { type PlainKind, plainNames } from '#lib/base/plain-kinds.ts'
import type { FieldOwner } from '#lib/model/custom-field.ts'
import type { Counters } from '#lib/model/event.ts'
import { sets } from '#lib/store/sets.ts'
import {
  type Bucket,
  bound,
  bucketKey,
  bucketNames,
  bucketOf,
  type CountedSet,
  setName,
  subBucketNames,
  subBucketOf,
} from '#lib/table/buckets.ts'
import type { Keeping } from '#lib/table/kept-counts.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { eventPrefix } from '#lib/table/scope.ts'
import { allShards, bucketNamed, isShard } from '#lib/table/shards.ts'
import { type Adds, type Fault, on, type Place, type Rules, type Seen } from './facts.ts'
import { any, sample } from './forms.ts'

/** Each sub-bucket by a number of its own: sums of them are equal where each is. */
const weights = new Map([...subBucketNames].map((name, n) => [name, (n + 1) ** 4 + 7]))

/** A member of a counted set; `places`: where members are, when the set has no rows of its own. */
export function countedIn(seen: Seen, set: CountedSet, id: string, places?: () => Place[]): void {
  const bucket = bucketOf(set, id)
  const adds = { rows: 1, inside: weights.get(subBucketOf(set, id)) ?? 0 }
  seen.say({
    rule: 'count',
    name: countName(set, bucket),
    adds,
    member: id,
    with: () => [bucketsAt(set, bucket), ...(places?.() ?? [membersIn(set, bucket)])],
  })
}

/** Where a bucket stands, with its shards if it may have any. */
function bucketsAt(set: CountedSet, bucket: string): Place {
  const { pk, sk } = bucketKey(set, bucket)
  return set.crowds ? { pk, from: sk, to: `${sk}.~` } : { pk, sk }
}

const countName = (set: CountedSet, bucket: string): string => `${setName(set)}${bucket}`

/** The rows that a bucket counts; those with a range of their own begin with it. */
function membersIn(set: CountedSet, bucket: string): Place {
  if (set.range) return { pk: set.rows, ...set.range }
  const at = Number.parseInt(bucket, 16)
  const next = at + 1 < 2 ** set.bucketBits ? bound(set, at + 1, set.bucketBits) : `${set.prefix}~`
  return set.bucketBits === 0
    ? { pk: set.rows }
    : { pk: set.rows, from: bound(set, at, set.bucketBits), to: next }
}

function judgeBucket(seen: Seen, set: CountedSet, places?: () => Place[]): void {
  const { ct, lv, sh, ...rest } = seen.row as unknown as Bucket
  const row = seen.row.sk.slice(set.bucketPrefix.length)
  const bucket = bucketNamed(row)
  const isOwn = !(set.crowds && isShard(row))
  const members = () => [bucketsAt(set, bucket), ...(places?.() ?? [membersIn(set, bucket)])]
  let inside = 0
  if (lv === 1) for (const [name, by] of weights) inside += Number(rest[name] ?? 0) * by
  const own = isOwn && { there: 1, isGrown: lv === 1 ? 1 : 0 }
  const adds = { counted: ct, countedInside: inside, ...own }
  seen.say({ rule: 'count', name: countName(set, bucket), adds, set, with: members })
  const all = [{ pk: set.buckets, ...(set.bucketPrefix && range(set.bucketPrefix)) }]
  const whole = {
    ...(isOwn ? { n: 1, maxOf: bucketNames(set).length } : { shards: 1 }),
    ...(sh === 1 && { maxShards: allShards(set).length }),
  }
  seen.say({ rule: 'buckets', name: setName(set), adds: whole, set, with: () => all })
  if (set.owner) seen.needs('buckets', set.owner.key)
  if (set.shownIn) keptIn(seen, set, set.shownIn, { counted: ct })
}

/** Counts that the list of events keeps: those that are of buckets alone in events of earlier versions too. */
function keptCounts({ counts, ...row }: Key & Keeping<Counters>, seen: Seen): void {
  if (!counts) return
  const { org } = seen.scope
  const scope = { ...seen.scope, event: row.sk, e: eventPrefix(org, row.sk) }
  for (const name of ['people', 'groups', 'tracks', 'pictures'] as const)
    keptIn(seen, sets[name](scope), row, { kept: counts[name], there: 1 })
}

const keptIn = (seen: Seen, { buckets: pk }: CountedSet, row: Key, adds: Adds): void =>
  seen.adds('kept', pk, adds, () => [row, { pk }])

export const keptFault = ({ there, kept = 0, counted = 0 }: Record<string, number>) =>
  there && kept !== counted
    ? { rule: 'kept', expected: `${counted}, as the buckets say`, found: `${kept}` }
    : undefined

const range = (prefix: string) => ({ from: prefix, to: `${prefix}~` })

export function countFault({
  rows = 0,
  counted = 0,
  inside = 0,
  ...book
}: Record<string, number>): Fault | undefined {
  // Without buckets nothing was counted so far: whoever first needs the count opens the set.
  if (!book.there) return undefined
  if (rows !== counted)
    return { rule: 'count', expected: `${rows} rows`, found: `${counted} counted` }
  if (!book.isGrown || inside === book.countedInside) return undefined
  return { rule: 'count', expected: 'as many in each sub-bucket as rows', found: 'other counts' }
}

export function bucketsFault({
  n = 0,
  maxOf = 0,
  shards = 0,
  maxShards = 0,
}: Record<string, number>): Fault | undefined {
  const wrong = (expected: string, found: string) => ({ rule: 'buckets', expected, found })
  if (n !== maxOf) return wrong(`${maxOf} buckets`, `${n}`)
  return shards === maxShards ? undefined : wrong(`${maxShards} shards`, `${shards}`)
}

const s = sample
const first = (seen: Seen): string => seen.row.sk.slice(0, seen.row.sk.lastIndexOf('#'))
const bucket = (pk: string, set: (seen: Seen) => CountedSet): Rules =>
  on(pk, (_, seen) => judgeBucket(seen, set(seen)))

/** Holders of a ticket stand with the people alone. */
export const holdersPlaces = (seen: Seen) => (): Place[] => [{ pk: keys.people(seen.scope) }]

export const countRules: Rules[] = [
  bucket(keys.tokenBuckets(s), ({ scope }) => sets.tokens(scope)),
  bucket(keys.eventBuckets(s), ({ scope }) => sets.events(scope)),
  on<Key & Keeping<Counters>>(keys.events(s), keptCounts),
  bucket(keys.peopleBuckets(s), ({ scope }) => sets.people(scope)),
  bucket(keys.groupBuckets(s), ({ scope }) => sets.groups(scope)),
  bucket(keys.memberBuckets(s), (seen) => sets.members(seen.scope, first(seen))),
  bucket(keys.attendeeBuckets(s, any), ({ scope, args }) => sets.attendees(scope, args[0] ?? '')),
  on(keys.sessionDays(s), ({ sk }, seen) => {
    // Days that nobody has changed since before they had buckets are counted in one row.
    if (sk.includes('#')) judgeBucket(seen, sets.sessionsOn(seen.scope, first(seen)))
  }),
  bucket(keys.trackBuckets(s), ({ scope }) => sets.tracks(scope)),
  bucket(keys.trackSessionBuckets(s), (seen) => sets.trackSessions(seen.scope, first(seen))),
  bucket(keys.fieldCount(s), (seen) => sets.fields(seen.scope, first(seen) as FieldOwner)),
  bucket(keys.ticketTypeCount(s), ({ scope }) => sets.ticketTypes(scope)),
  on(keys.ticketHolderBuckets(s), (_, seen) =>
    judgeBucket(seen, sets.holders(seen.scope, first(seen)), holdersPlaces(seen)),
  ),
  bucket(keys.pictureBuckets(s), ({ scope }) => sets.pictures(scope)),
  bucket(keys.webhookCount(s), ({ scope }) => sets.webhooks(scope)),
  bucket(keys.feedBuckets(s), ({ scope }) => sets.feeds(scope)),
  bucket(keys.exportCount(s), ({ scope }) => sets.exports(scope)),
  bucket(keys.scheduleCount(s), ({ scope }) => sets.schedules(scope)),
  bucket(keys.scheduleGroupCount(s), ({ scope }) => sets.accessGroups(scope)),
  bucket(keys.scheduleUserCount(s), ({ scope }) => sets.accessUsers(scope)),
  ...plainNames
    .slice(0, 1)
    .map((kind) =>
      bucket(keys.plainBuckets(s, kind), ({ scope, args }) =>
        sets.plains(scope, args[0] as PlainKind),
      ),
    ),
]
