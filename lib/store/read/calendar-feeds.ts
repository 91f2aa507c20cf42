import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Feed } from '#lib/model/calendar-feed.ts'
import { findParts } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Rows of an event's list carry the hash, so that deletion finds the feed's own row. */
export type ListedFeed = Feed & { sk: string; hash: string }

/** Feeds in id order; those of people who are gone are gone with them. */
export async function listFeeds(scope: EventScope, wanted: PageWanted): Promise<Page<Feed>> {
  const all = await queryRows<ListedFeed>(scope, { pk: keys.feeds(scope) })
  const owners = all.flatMap(({ person }) => person ?? [])
  const people = await findParts(scope, 'person', owners, [])
  const living = all.filter(({ person }) => person === undefined || people.has(person))
  return pageOfList(living, ({ id }) => id, wanted)
}
