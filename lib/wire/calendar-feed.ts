import * as v from 'valibot'
import { blankAsAbsent } from '#lib/base/text.ts'
import type { Feed, MadeFeed } from '#lib/model/calendar-feed.ts'
import { reference } from './fields.ts'
import { type Presentation, printTime } from './presentation.ts'

/** What POST takes: a person for that person's agenda, nothing for the event's programme. */
export const FeedBody = v.strictObject({ person: blankAsAbsent(reference) })

const common = {
  feed_id: v.string(),
  person: v.string(),
  created_at: v.union([v.string(), v.number()]),
}
export const FeedAnswer = v.object(common)
export const NewFeedAnswer = v.object({ ...common, url: v.string(), token: v.string() })

export const printFeed = (view: Presentation, feed: Feed) => ({
  feed_id: feed.id,
  person: feed.person ?? '',
  created_at: printTime(view, feed.createdAt),
})

/** With the text that is shown once, and the address to give to a calendar program. */
export function printNewFeed(view: Presentation, { feed, text }: MadeFeed, requestUrl: string) {
  const { origin, pathname } = new URL(requestUrl)
  const [prefix] = pathname.split('/events/')
  const owner = feed.person === undefined ? '' : `/people/resources/${feed.person}`
  const path = `${prefix}/events/${feed.event}${owner}/sessions/calendar.ics`
  return {
    ...printFeed(view, feed),
    url: `${origin}${path}?feed=${text}`,
    token: text,
  }
}
