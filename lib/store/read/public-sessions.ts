import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { isPublic, type Session, startOf } from '#lib/model/session.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sessionOrder } from './session-order.ts'
import { listSessions, placesInTracks, type SessionFilters, sessionsOf } from './sessions.ts'

const all: PageWanted = { limit: Number.MAX_SAFE_INTEGER, offset: 0 }

/** The same page of sessions as staff have, of those that attendees may know of. */
export async function listPublicSessions(
  scope: EventScope,
  filters: SessionFilters,
  wanted: PageWanted,
): Promise<Page<Session>> {
  const { ids, tracks, date, q } = filters
  if (ids || q !== undefined) return publicPage(await listSessions(scope, filters, all), wanted)
  const within = tracks && (await resolveIds(scope, 'track', tracks))
  return listPlaced(scope, { within, date }, wanted)
}

export const listPublicTrackSessions = (
  scope: EventScope,
  track: string,
  wanted: PageWanted,
): Promise<Page<Session>> => listPlaced(scope, { within: [track] }, wanted)

type Wanted = { within: (string | undefined)[] | undefined; date?: string | undefined }

/** By what the order says of each session: enough to leave drafts out. */
async function listPlaced(
  scope: EventScope,
  { within, date }: Wanted,
  wanted: PageWanted,
): Promise<Page<Session>> {
  const [order, places] = await Promise.all([
    sessionOrder(scope),
    within && placesInTracks(scope, within),
  ])
  const inTracks = places && new Set(places.map(({ id }) => id))
  const known = order.filter(
    (place) =>
      isPublic(place) &&
      !scope.deleting.has(place.id) &&
      (date === undefined || place.sk.startsWith(date)) &&
      (inTracks === undefined || inTracks.has(place.id)),
  )
  const page = pageOfList(known, ({ sk }) => sk, wanted)
  return { ...page, rows: await sessionsOf(scope, page.rows) }
}

/** In the order of the whole, whatever that is. */
function publicPage({ rows }: Page<Session>, wanted: PageWanted): Page<Session> {
  const known = rows.filter(isPublic)
  const placeOf = (session: Session) => `${startOf(session)}#${session.id}`
  const { after, ...plain } = wanted
  const offset =
    after === undefined ? wanted.offset : known.findIndex((one) => placeOf(one) === after) + 1
  return pageOfList(known, placeOf, { ...plain, offset })
}
