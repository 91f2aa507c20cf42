import { kinds } from '#lib/base/ids.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Feed } from '#lib/model/calendar-feed.ts'
import { findParts } from '#lib/store/find-many.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Rows of an event's list carry the hash, so that deletion finds the feed's own row. */
export type ListedFeed = Feed & { sk: string; hash: string }

/** Feeds in id order; those of people who are gone are gone with them. */
export async function listFeeds(scope: EventScope, wanted: PageWanted): Promise<Page<Feed>> {
  const all = await queryRows<ListedFeed>(scope, { pk: keys.feeds(scope) })
  const gone = await goneAmong(
    scope,
    all.flatMap(({ person }) => person ?? []),
  )
  const living = all.filter(({ person }) => person === undefined || !gone.has(person))
  return pageOfList(living, ({ id }) => id, wanted)
}

/** As many people cost less than the list of who was deleted of late. */
const fewPeople = 100

/** Who of those with feeds is gone: their feeds go behind their deletion, which is noted for long after that. */
async function goneAmong(scope: EventScope, owners: string[]): Promise<Set<string>> {
  const ids = new Set(owners)
  if (ids.size <= fewPeople) {
    const people = await findParts(scope, 'person', ids, [])
    return new Set([...ids].filter((id) => !people.has(id)))
  }
  const { pk, sk: from } = keys.deletion(scope, `${kinds.person}_`)
  const deleted = await queryRows<Key>(scope, { pk, from, to: `${from}~`, only: ['sk'] })
  return new Set([...deleted.map(({ sk }) => sk), ...scope.deleting])
}
