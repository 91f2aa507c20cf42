import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { isPublic, type Session, startOf } from '#lib/model/session.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { listSessions, listTrackSessions, type SessionFilters } from './sessions.ts'

type Row = Pick<Session, 'id' | 'status'> & { sk: string }

const all: PageWanted = { limit: Number.MAX_SAFE_INTEGER, offset: 0 }

/** The same page of sessions as staff have, of those that attendees may know of. */
export async function listPublicSessions(
  scope: EventScope,
  filters: SessionFilters,
  wanted: PageWanted,
): Promise<Page<Session>> {
  const { date, ...others } = filters
  if (Object.values(others).some((one) => one !== undefined)) {
    return publicPage(await listSessions(scope, filters, all), wanted)
  }
  // What the order says of each is enough to leave drafts out.
  const rows = await queryRows<Row>(scope, {
    pk: keys.sessionOrders(scope),
    ...(date !== undefined && { from: date, to: `${date}~` }),
    only: ['id', 'sk', 'status'],
  })
  const known = rows.filter((row) => isPublic(row) && !scope.deleting.has(row.id))
  const page = pageOfList(known, ({ sk }) => sk, wanted)
  const ids = page.rows.map(({ id }) => id)
  const sessions = await findMany(scope, 'session', ids)
  return { ...page, rows: ids.flatMap((id) => sessions.get(id) ?? []) }
}

export const listPublicTrackSessions = async (
  scope: EventScope,
  track: string,
  wanted: PageWanted,
): Promise<Page<Session>> => publicPage(await listTrackSessions(scope, track, all), wanted)

/** In the order of the whole, whatever that is. */
function publicPage({ rows }: Page<Session>, wanted: PageWanted): Page<Session> {
  const known = rows.filter(isPublic)
  const placeOf = (session: Session) => `${startOf(session)}#${session.id}`
  const { after, ...plain } = wanted
  const offset =
    after === undefined ? wanted.offset : known.findIndex((one) => placeOf(one) === after) + 1
  const page = pageOfList(known, placeOf, { ...plain, offset })
  return page
}
