import { nextAfter, type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { type Session, startOf } from '#lib/model/session.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import { findMany } from '#lib/store/find-many.ts'
import { sets } from '#lib/store/sets.ts'
import { keptList, stateOfAll, stateOfSet } from '#lib/table/kept-lists.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findSessions } from './find-sessions.ts'
import { sessionDays } from './session-days.ts'
import { orderState } from './session-order.ts'

/** Filters of the session list: AND between them, OR inside each; unknown and foreign ids match nothing. */
export type SessionFilters = {
  ids?: string[] | undefined
  tracks?: string[] | undefined
  date?: string | undefined
  /** Words that begin words of names: of the session, its speakers, its tracks. */
  q?: string | undefined
}
type Place = { id: string; at: string }

/** A session's place in lists: by start time, then id. Cursors name it. */
const keyOf = ({ at, id }: Place): string => `${at}#${id}`
const inOrder = (a: Place, b: Place): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** A page of sessions by start time with the exact total (docs/behaviour/requests.md, Lists). */
export async function listSessions(
  scope: EventScope,
  { ids, tracks, date, q }: SessionFilters,
  wanted: PageWanted,
): Promise<Page<Session>> {
  if (q !== undefined) return listFound(scope, { ids, tracks, date, q }, wanted)
  if (!ids && !tracks) return date ? listDay(scope, date, wanted) : listAll(scope, wanted)
  const [named, inTracks] = await Promise.all([
    ids && resolveIds(scope, 'session', ids),
    tracks && placesInTracks(scope, await resolveIds(scope, 'track', tracks)),
  ])
  const onDay = ({ at }: Place) => !date || at.startsWith(date)
  if (!named) return pageOfPlaces(scope, (inTracks ?? []).filter(onDay), wanted)
  const sessions = await findMany(
    scope,
    'session',
    named.filter((id) => id !== undefined),
  )
  const places = [...sessions.values()].map((one) => ({ id: one.id, at: startOf(one) }))
  const fits = places.filter(({ id }) => !inTracks || inTracks.some((place) => place.id === id))
  const page = pageOf(fits.filter(onDay).sort(inOrder), wanted)
  const rows = page.rows.flatMap(({ id }) => sessions.get(id) ?? [])
  return { ...page, rows }
}

async function listFound(
  scope: EventScope,
  { ids, tracks, date, q = '' }: SessionFilters,
  wanted: PageWanted,
): Promise<Page<Session>> {
  const [named, inTracks] = await Promise.all([
    ids && resolveIds(scope, 'session', ids),
    tracks && resolveIds(scope, 'track', tracks),
  ])
  return findSessions(
    scope,
    q,
    wanted,
    (session) =>
      (named?.includes(session.id) ?? true) &&
      (inTracks?.some((id) => id !== undefined && session.trackIds.includes(id)) ?? true) &&
      (date === undefined || session.date === date),
  )
}

/** The sessions of one track by start time. */
export async function listTrackSessions(
  scope: EventScope,
  track: string,
  wanted: PageWanted,
): Promise<Page<Session>> {
  return pageOfPlaces(scope, await placesInTracks(scope, [track]), wanted)
}

/** Whole days are passed over by their counts, then rows inside one: no offset costs more than a day. */
async function listAll(scope: EventScope, wanted: PageWanted): Promise<Page<Session>> {
  const { limit, offset, after } = wanted
  const days = await sessionDays(scope)
  const total = days.reduce((sum, { count }) => sum + count, 0)
  if (after !== undefined) {
    return placed(scope, wanted, total, await places(scope, { from: `${after}~`, limit }))
  }
  if (offset >= total) return { total, rows: [] }
  let skip = offset
  const start = days.find(({ count }) => {
    if (skip < count) return true
    skip -= count
    return false
  })
  const found = await places(scope, { from: start?.day ?? '', limit: skip + limit })
  return placed(scope, wanted, total, found.slice(skip))
}

async function listDay(
  scope: EventScope,
  date: string,
  wanted: PageWanted,
): Promise<Page<Session>> {
  const { limit, offset, after } = wanted
  const from = after !== undefined && after > date ? `${after}~` : date
  const to = `${date}~`
  const skip = after === undefined ? offset : 0
  const [days, found] = await Promise.all([
    sessionDays(scope, date),
    from > to ? [] : places(scope, { from, to, limit: skip + limit }),
  ])
  return placed(scope, wanted, days[0]?.count ?? 0, found.slice(skip))
}

type Ordered = { id: string; sk: string }

const places = (
  scope: EventScope,
  range: { from: string; to?: string; limit: number },
): Promise<Ordered[]> =>
  queryRows(scope, { pk: keys.sessionOrders(scope), ...range, only: ['id', 'sk'] })

const placed = async (
  scope: EventScope,
  wanted: PageWanted,
  total: number,
  found: Ordered[],
): Promise<Page<Session>> => ({
  total,
  rows: await sessionsOf(scope, found),
  next: nextAfter(
    found.map(({ sk }) => sk),
    total,
    wanted,
  ),
})

export async function sessionsOf(scope: EventScope, places: { id: string }[]): Promise<Session[]> {
  const ids = places.map(({ id }) => id)
  const sessions = await findMany(scope, 'session', ids)
  return ids.flatMap((id) => sessions.get(id) ?? [])
}

/** Places of the sessions in some tracks, each once and in order; hidden ones and vanishing tracks left out. */
export async function placesInTracks(
  scope: EventScope,
  tracks: (string | undefined)[],
): Promise<Place[]> {
  const living = tracks.filter((id) => id !== undefined).filter((id) => !scope.deleting.has(id))
  const lists = living.sort().map((track) => sets.trackSessions(scope, track))
  const name = lists.map(({ rows }) => rows).join()
  const all = await keptList(
    scope,
    name,
    stateOfAll(lists.map(stateOfSet), orderState(scope)),
    async () => {
      const only = ['sk', 'at']
      const read = lists.map(({ rows: pk }) =>
        queryRows<{ sk: string; at: string }>(scope, { pk, only }),
      )
      const rows = (await Promise.all(read)).flat()
      const places = new Map(rows.map(({ sk, at }) => [sk, { id: sk, at }]))
      return { rows: [...places.values()].sort(inOrder), of: rows.length }
    },
  )
  return scope.deleting.size === 0 ? all : all.filter(({ id }) => !scope.deleting.has(id))
}

async function pageOfPlaces(
  scope: EventScope,
  places: Place[],
  wanted: PageWanted,
): Promise<Page<Session>> {
  const page = pageOf(places, wanted)
  return { ...page, rows: await sessionsOf(scope, page.rows) }
}

/** `places` are in order. */
const pageOf = (places: Place[], wanted: PageWanted): Page<Place> =>
  pageOfList(places, keyOf, wanted)
