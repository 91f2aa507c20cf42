import { createHash } from 'node:crypto'
import { chunks } from '#lib/base/chunks.ts'
import { ApiError } from '#lib/base/errors.ts'
import { newHex, newUuid } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Feed, MadeFeed } from '#lib/model/calendar-feed.ts'
import { countedWrites } from '#lib/store/counts.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { ListedFeed } from '#lib/store/read/calendar-feeds.ts'
import { sets } from '#lib/store/sets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'
import { personCheck } from './person-check.ts'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Makes a feed and its text (160 random bits), which nobody can read again: only its hash is stored. The event and
 * the person are there when it appears: that is checked in its transaction.
 */
export function createFeed(scope: EventScope, person: string | undefined): Promise<MadeFeed> {
  const id = newUuid()
  const text = `plf_${id.replaceAll('-', '')}_${newHex(20)}`
  const hash = hashOf(text)
  const owner = person === undefined ? {} : { person }
  const feed: Feed = { id, org: scope.org, event: scope.event, ...owner, createdAt: now() }
  return retryOnConflict(scope, async () =>
    commit(
      scope,
      [
        ...(person === undefined ? [] : [await personCheck(scope, person, 'person')]),
        put({ ...keys.feed(hash), ...feed, kind: 'feed' }, { exists: false }, 'conflict'),
        put({ ...keys.feedOf(scope, id), ...feed, hash }, { exists: false }, 'conflict'),
        ...countedWrites([{ set: sets.feeds(scope), id, by: 1 }]),
      ],
      { feed, text },
    ),
  )
}

/** The feed with this text, unless it is unknown or deleted. Text is compared by hash only. */
export async function findFeed(
  scope: Pick<Scope, 'deadline'>,
  text: string,
): Promise<Feed | undefined> {
  if (!/^plf_[0-9a-f]{32}_[0-9a-f]{40}$/.test(text)) return undefined
  return getRow<Feed>(scope, keys.feed(hashOf(text)))
}

/** Deletes a feed: its text opens nothing from then on. */
export async function deleteFeed(
  scope: EventScope,
  id: string,
  precondition: Precondition<Feed>,
): Promise<Feed> {
  const feed = await getRow<ListedFeed>(scope, keys.feedOf(scope, id))
  if (!feed) throw new ApiError('feed_not_found')
  precondition(feed)
  const writes = [
    remove(keys.feedOf(scope, id), { exists: true }, 'feed_not_found'),
    remove(keys.feed(feed.hash)),
    ...countedWrites([{ set: sets.feeds(scope), id, by: -1 }]),
  ]
  return commit(scope, writes, feed)
}

/** Removes all feeds of an event that is gone, and counts with it. */
export const deleteFeeds = async (scope: EventScope): Promise<void> =>
  transactInParts(
    scope,
    (await queryRows<Row>(scope, all(scope))).map((feed) => [
      remove(keys.feed(feed.hash)),
      remove(feed),
    ]),
  )

/** Each takes two writes, and all of them one for each of four counts. */
const mostAtOnce = 45

/** Removes the feeds of a person who is gone. */
export async function deleteFeedsOf(scope: EventScope, person: string): Promise<void> {
  const feeds = await queryRows<Row>(scope, all(scope))
  const mine = feeds.filter((feed) => feed.person === person)
  for (const some of chunks(mine, mostAtOnce)) {
    await retryOnConflict(scope, async () => transact(scope, await removals(scope, some)))
  }
}

type Row = Key & Pick<ListedFeed, 'hash' | 'person'>

const all = (scope: EventScope) => ({
  pk: keys.feeds(scope),
  only: ['pk', 'sk', 'hash', 'person'],
})

/** The writes that end feeds, of which some may have ended; a conflict when one does meanwhile. */
async function removals(scope: EventScope, feeds: Row[]): Promise<Write[]> {
  const found = feeds.map(({ sk }) => keys.feedOf(scope, sk))
  const left = await getRows<Row>(scope, found, ['hash'])
  const set = sets.feeds(scope)
  return [
    ...left.map(({ hash }) => remove(keys.feed(hash))),
    ...left.map((feed) => remove(feed, { exists: true }, 'conflict')),
    ...countedWrites(left.map(({ sk: id }) => ({ set, id, by: -1 }))),
  ]
}
