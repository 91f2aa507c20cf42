import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { wantedWords, wordsOf } from '#lib/base/words.ts'
import type { Person } from '#lib/model/person.ts'
import { distance, matches } from '#lib/model/person-words.ts'
import { type Session, speaker } from '#lib/model/session.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

const shown = ['id', 'name', 'subtitle', 'roles', 'trackIds', 'date'] as const
type Shown = Pick<Session, (typeof shown)[number]>

/**
 * Sessions that every word of `q` finds in their names, those of their speakers and tracks; the best first, then by id.
 * All sessions of the event are looked through: they are few beside its people.
 */
export async function findSessions(
  scope: EventScope,
  q: string,
  wanted: PageWanted,
  isWanted: (session: Shown) => boolean,
): Promise<Page<Session>> {
  const words = wantedWords(q)
  if (words.length === 0) return { total: 0, rows: [] }
  const all = await queryRows<Shown>(scope, { pk: keys.sessions(scope), only: [...shown] })
  const living = all.filter((one) => !scope.deleting.has(one.id) && isWanted(one))
  const names = await namesIn(scope, living)
  const found = living
    .map((session) => ({ id: session.id, has: wordsIn(session, names) }))
    .filter(({ has }) => matches(words, has))
    .map(({ id, has }) => ({ id, place: `${String(distance(words, has)).padStart(3, '0')}#${id}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const page = pageOfList(found, ({ place }) => place, wanted)
  const sessions = await findMany(
    scope,
    'session',
    page.rows.map(({ id }) => id),
  )
  return { ...page, rows: page.rows.flatMap(({ id }) => sessions.get(id) ?? []) }
}

const refersTo = ({ roles, trackIds }: Shown): string[] => [...(roles[speaker] ?? []), ...trackIds]

const wordsIn = (session: Shown, names: ReadonlyMap<string, string>): string[] =>
  wordsOf(
    [
      session.name,
      session.subtitle ?? '',
      ...refersTo(session).map((id) => names.get(id) ?? ''),
    ].join(' '),
  )

/** What speakers and tracks are called. */
async function namesIn(scope: EventScope, sessions: Shown[]): Promise<Map<string, string>> {
  const ids = sessions.flatMap(refersTo).filter((id) => !scope.deleting.has(id))
  const [tracks, people] = [
    ids.filter((id) => id.startsWith('trk')),
    ids.filter((id) => !id.startsWith('trk')),
  ]
  type Named = Pick<Person, 'id' | 'firstName' | 'lastName'> & { name?: string }
  const rows = await getRows<Named>(
    scope,
    [...people.map((id) => keys.person(scope, id)), ...tracks.map((id) => keys.track(scope, id))],
    ['id', 'name', 'firstName', 'lastName'],
  )
  return new Map(
    rows.map(({ id, name, firstName, lastName }) => [id, name ?? `${firstName} ${lastName}`]),
  )
}
