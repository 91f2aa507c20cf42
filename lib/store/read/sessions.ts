import { type Session, startOf } from '#lib/model/session.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findMany } from './references.ts'
import { sessionDays } from './session-days.ts'

/** Filters of the session list: AND between them, OR inside each; unknown and foreign ids match nothing. */
export type SessionFilters = {
  ids?: string[] | undefined
  tracks?: string[] | undefined
  date?: string | undefined
}
/** A page, and where the next one starts: known by what was placed on it, whatever vanished since. */
export type Walked<T> = Page<T> & { next?: string | undefined }
type Place = { id: string; at: string }

/** A session's place in lists: by start time, then id. Cursors name it. */
const keyOf = ({ at, id }: Place): string => `${at}#${id}`

/** A page of sessions by start time with the exact total (docs/behaviour/requests.md, Lists). */
export async function listSessions(
  scope: EventScope,
  { ids, tracks, date }: SessionFilters,
  wanted: PageWanted,
): Promise<Walked<Session>> {
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
  const page = pageOf(fits.filter(onDay), wanted)
  const rows = page.rows.flatMap(({ id }) => sessions.get(id) ?? [])
  return { ...page, rows }
}

/** The sessions of one track by start time. The track's whole order is read: some 100 bytes a session. */
export async function listTrackSessions(
  scope: EventScope,
  track: string,
  wanted: PageWanted,
): Promise<Walked<Session>> {
  return pageOfPlaces(scope, await placesInTracks(scope, [track]), wanted)
}

/** Whole days are passed over by their counts, then rows inside one: no offset costs more than a day. */
async function listAll(scope: EventScope, wanted: PageWanted): Promise<Walked<Session>> {
  const { limit, offset, after } = wanted
  const days = await sessionDays(scope)
  const total = days.reduce((sum, { count }) => sum + count, 0)
  if (after !== undefined) return { total, ...(await rowsFrom(scope, `${after}~`, limit)) }
  if (offset >= total) return { total, rows: [] }
  let skip = offset
  let at = 0
  for (const { count } of days) {
    if (skip < count) break
    skip -= count
    at += 1
  }
  return { total, ...(await rowsFrom(scope, days[at]?.day ?? '', limit, skip)) }
}

async function listDay(
  scope: EventScope,
  date: string,
  { limit, offset, after }: PageWanted,
): Promise<Walked<Session>> {
  const from = after !== undefined && after > date ? `${after}~` : date
  const until = `${date}~`
  const skip = after === undefined ? offset : 0
  const [days, page] = await Promise.all([
    sessionDays(scope, date),
    from > until ? { rows: [] } : rowsFrom(scope, from, limit, skip, until),
  ])
  return { total: days[0]?.count ?? 0, ...page }
}

async function rowsFrom(
  scope: EventScope,
  from: string,
  limit: number,
  skip = 0,
  to?: string,
): Promise<Omit<Walked<Session>, 'total'>> {
  const pk = keys.sessionOrders(scope)
  const range = { pk, from, ...(to !== undefined && { to }), limit: skip + limit }
  const order = await queryRows<{ id: string; sk: string }>(scope, { ...range, only: ['id', 'sk'] })
  const placed = order.slice(skip)
  const next = placed.length === limit ? placed.at(-1)?.sk : undefined
  return { rows: await sessionsOf(scope, placed), next }
}

async function sessionsOf(scope: EventScope, places: { id: string }[]): Promise<Session[]> {
  const ids = places.map(({ id }) => id)
  const sessions = await findMany(scope, 'session', ids)
  return ids.flatMap((id) => sessions.get(id) ?? [])
}

/** Places of the sessions in some tracks, each once; hidden ones and vanishing tracks left out. */
async function placesInTracks(scope: EventScope, tracks: (string | undefined)[]): Promise<Place[]> {
  const living = tracks.filter((id) => id !== undefined).filter((id) => !scope.deleting.has(id))
  const lists = await Promise.all(
    living.map((track) =>
      queryRows<{ sk: string; at: string }>(scope, {
        pk: keys.trackSessions(scope, track),
        only: ['sk', 'at'],
      }),
    ),
  )
  const seen = lists.flat().filter(({ sk }) => !scope.deleting.has(sk))
  return [...new Map(seen.map(({ sk, at }) => [sk, { id: sk, at }])).values()]
}

async function pageOfPlaces(
  scope: EventScope,
  places: Place[],
  wanted: PageWanted,
): Promise<Walked<Session>> {
  const page = pageOf(places, wanted)
  return { ...page, rows: await sessionsOf(scope, page.rows) }
}

function pageOf(places: Place[], { limit, offset, after }: PageWanted): Walked<Place> {
  const sorted = places.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const rest =
    after === undefined ? sorted.slice(offset) : sorted.filter((one) => keyOf(one) > after)
  const rows = rest.slice(0, limit)
  const last = rest.length > limit ? rows.at(-1) : undefined
  return { total: sorted.length, rows, next: last && keyOf(last) }
}
