import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Feed } from '#lib/model/calendar-feed.ts'
import { findParts } from '#lib/store/find-many.ts'
import { sets } from '#lib/store/sets.ts'
import { keptList, stateOfSet } from '#lib/table/kept-lists.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { gonePeople } from './gone-people.ts'

/** Rows of an event's list carry the hash, so that deletion finds the feed's own row. */
export type ListedFeed = Feed & { sk: string; hash: string }

/** Feeds in id order; those of people who are gone are gone with them. */
export async function listFeeds(scope: EventScope, wanted: PageWanted): Promise<Page<Feed>> {
  const pk = keys.feeds(scope)
  const all = await keptList(scope, pk, stateOfSet(sets.feeds(scope)), async () => {
    const rows = await queryRows<Listed>(scope, { pk, only: ['sk', 'person'] })
    return { rows, of: rows.length }
  })
  const gone = await goneAmong(scope, all)
  const isThere = ({ person }: Listed) => person === undefined || !gone.has(person)
  const living = gone.size === 0 ? all : all.filter(isThere)
  const { rows: listed, ...page } = pageOfList(living, ({ sk }) => sk, wanted)
  const found = listed.map(({ sk }) => ({ pk, sk }))
  return { ...page, rows: await getRows<ListedFeed>(scope, found) }
}

type Listed = Pick<ListedFeed, 'sk' | 'person'>

/** As many people cost less than the list of who was deleted of late. */
const fewPeople = 100

/** Who of those with feeds is gone. */
async function goneAmong(scope: EventScope, feeds: Listed[]): Promise<Set<string>> {
  if (feeds.length > fewPeople) return gonePeople(scope)
  const ids = new Set(feeds.flatMap(({ person }) => person ?? []))
  const people = await findParts(scope, 'person', ids, [])
  return new Set([...ids].filter((id) => !people.has(id)))
}
