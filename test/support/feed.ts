import { setTimeout } from 'node:timers/promises'
import { type StreamReader, streamReader, switchOnStream } from '#infra/local/stream.ts'
import { isFollowed } from '#lib/store/feed/followed.ts'
import { engines } from './engines.ts'

/** A store that is too busy takes a record the next time. */
const mostTries = 3

let reader: StreamReader | undefined

/** Switches the stream of this process's table on: what is written from now on is in it. */
export async function followChanges(): Promise<void> {
  const { dynamodbEndpoint } = await engines()
  const stream = await switchOnStream(dynamodbEndpoint, process.env.TABLE_NAME ?? '')
  reader = streamReader(dynamodbEndpoint, stream, {})
}

/** Hands everything that is in the stream to the function that numbers changes, as Lambda would, and waits for it. */
export async function drainFeed(): Promise<void> {
  const { handler } = await import('#functions/feed.ts')
  for (;;) {
    const batch = await reader?.next()
    if (!batch) return
    // What the filter keeps back must tell of nothing.
    let left = batch.records.filter(isFollowed)
    for (let tries = 0; left.length > 0; tries += 1) {
      const [failed] = (await handler({ Records: left })).batchItemFailures
      if (!failed) break
      if (tries === mostTries) throw new Error('the feed did not take a record')
      // Lambda begins anew with the record that failed.
      left = left.slice(
        left.findIndex((one) => one.dynamodb?.SequenceNumber === failed.itemIdentifier),
      )
    }
  }
}

/** Does so every tenth of a second, one time after the other, until what it gives is called. */
export function keepDraining(): () => Promise<void> {
  const stopped = new AbortController()
  const draining = (async () => {
    while (!stopped.signal.aborted) {
      await drainFeed()
      await setTimeout(100)
    }
  })()
  return () => {
    stopped.abort()
    return draining
  }
}

/** The next batch of the stream, for tests that hand it over themselves. */
export const nextBatch = () => reader?.next()
