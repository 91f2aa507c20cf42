import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { newHex, newUuid } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Feed, MadeFeed } from '#lib/model/calendar-feed.ts'
import type { Precondition } from '#lib/store/document.ts'
import type { ListedFeed } from '#lib/store/read/calendar-feeds.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { check, put, remove } from '#lib/table/writes.ts'
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
        check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found'),
        ...(person === undefined ? [] : [await personCheck(scope, person, 'person')]),
        put({ ...keys.feed(hash), ...feed, kind: 'feed' }, { exists: false }, 'conflict'),
        put({ ...keys.feedOf(scope, id), ...feed, hash }, { exists: false }, 'conflict'),
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
  ]
  return commit(scope, writes, feed)
}

/** Removes the feeds of a person who is gone, or with `person` undefined all of an event that is gone. */
export async function deleteFeeds(scope: EventScope, person: string | undefined): Promise<void> {
  const only = ['pk', 'sk', 'hash', 'person']
  const all = await queryRows<Key & ListedFeed>(scope, { pk: keys.feeds(scope), only })
  const mine = all.filter((feed) => person === undefined || feed.person === person)
  const units = mine.map((feed) => [remove(keys.feed(feed.hash)), remove(feed)])
  await transactInParts(scope, units)
}
