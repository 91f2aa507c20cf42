import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { newHex, newUuid } from '#lib/base/ids.ts'
import { type Instant, now } from '#lib/base/time.ts'
import { chunks } from '#lib/store/jobs/queue.ts'
import { findMany } from '#lib/store/read/references.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope, RecordedResponse, Scope } from '#lib/table/scope.ts'
import { check, put, remove, transact, type Write } from '#lib/table/transact.ts'

/** A revocable right to read one calendar: the event's, or one person's. */
export type Feed = { id: string; org: string; event: string; person?: string; createdAt: Instant }
type Listed = Feed & { sk: string; hash: string }

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Makes a feed and its text (160 random bits), which nobody can read again: only its hash is stored, and what an
 * Idempotency-Key keeps for replays is sealed.
 */
export async function createFeed(
  scope: EventScope,
  person: string | undefined,
  reply: (made: Feed, text: string) => RecordedResponse,
): Promise<RecordedResponse> {
  const id = newUuid()
  const text = `plf_${id.replaceAll('-', '')}_${newHex(20)}`
  const hash = hashOf(text)
  const owner = person === undefined ? {} : { person }
  const feed: Feed = { id, org: scope.org, event: scope.event, ...owner, createdAt: now() }
  const lives =
    person === undefined
      ? check(keys.event(scope.org, scope.event), { exists: true }, 'event_not_found')
      : check(
          keys.person(scope, person),
          { exists: true },
          { error: 'invalid_reference', detail: { field: 'person' } },
        )
  const writes = [
    lives,
    put({ ...keys.feed(hash), ...feed }, { exists: false }, 'conflict'),
    put({ ...keys.feedOf(scope, id), ...feed, hash }, { exists: false }, 'conflict'),
  ]
  const outcome = reply(feed, text)
  await transact(scope, writes, { ...outcome, isSecret: true })
  return outcome
}

/** The feed with this text, unless it is unknown or deleted. Text is compared by hash only. */
export async function findFeed(
  scope: Pick<Scope, 'deadline'>,
  text: string,
): Promise<Feed | undefined> {
  if (!/^plf_[0-9a-f]{32}_[0-9a-f]{40}$/.test(text)) return undefined
  return getRow<Feed>(scope, keys.feed(hashOf(text)))
}

/** Feeds in id order; those of people who are gone are gone with them. */
export async function listFeeds(
  scope: EventScope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Feed>> {
  const all = await queryRows<Listed>(scope, { pk: keys.feeds(scope) })
  const people = await findMany(
    scope,
    'person',
    all.flatMap(({ person }) => person ?? []),
  )
  const living = all.filter(({ person }) => person === undefined || people.has(person))
  const rows = living.filter(({ id }) => id > after).slice(offset, offset + limit)
  return { total: living.length, rows }
}

/** Deletes a feed: its text opens nothing from then on. */
export async function deleteFeed(
  scope: EventScope,
  id: string,
  reply: (feed: Feed) => RecordedResponse,
): Promise<RecordedResponse> {
  const feed = await getRow<Listed>(scope, keys.feedOf(scope, id))
  if (!feed) throw new ApiError('feed_not_found')
  const outcome = reply(feed)
  const writes = [
    remove(keys.feedOf(scope, id), { exists: true }, 'feed_not_found'),
    remove(keys.feed(feed.hash)),
  ]
  await transact(scope, writes, outcome)
  return outcome
}

/** Removes the feeds of a person who is gone, or with `person` undefined all of an event that is gone. */
export async function deleteFeeds(scope: EventScope, person: string | undefined): Promise<void> {
  const only = ['pk', 'sk', 'hash', 'person']
  const all = await queryRows<Key & Listed>(scope, { pk: keys.feeds(scope), only })
  const mine = all.filter((feed) => person === undefined || feed.person === person)
  for (const some of chunks(mine, 45)) {
    await transact(
      scope,
      some.flatMap((feed): Write[] => [remove(feed), remove(keys.feed(feed.hash))]),
    )
  }
}
