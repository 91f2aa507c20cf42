import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { type Positions, type StreamBatch, streamReader } from './stream.ts'

type Follower = {
  /** What the log calls it. */
  name: string
  handler: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>
  /** The records that the function is called for, as a filter says on AWS; all unless given. */
  takes?: (record: DynamoDBRecord) => boolean
}
type Stream = { endpoint: string; arn: string }
type Say = (line: string) => void

const idleMs = 100
const longestPauseMs = 10_000
/** From here on somebody is told. */
const slowMs = 10_000
const tellEveryMs = 30_000

/**
 * The event source mapping's part: hands the records of the stream to a function in their order, some at a time, and
 * those that it did not take again. Where it is stands in the folder and outlives a kill; what is handed over twice is
 * passed over by the function.
 */
export function keepFollowing(stream: Stream, folder: string, follower: Follower, say: Say) {
  const place = placeIn(folder, follower.name, stream.arn)
  const reader = streamReader(stream.endpoint, stream.arn, { ...place.positions })
  const told = seldom(say)
  const ending = new AbortController()
  let [failures, lookedAt] = [0, Date.now()]

  const turn = async (): Promise<number> => {
    const batch = await reader.next()
    lookedAt = Date.now()
    if (!batch) return idleMs
    const failed = await handOver(follower, batch)
    const done = doneOf(batch, failed)
    if (done) place.note(batch.shard, done)
    if (failed === undefined) {
      failures = 0
      const behind = Date.now() - writtenAt(batch)
      if (behind > slowMs) told(`${follower.name} is ${Math.round(behind / 1000)} s behind.`)
      return 0
    }
    return back(`${follower.name} does not take a record of the stream; it is given again.`)
  }
  const back = (line: string): number => {
    told(line)
    reader.rewind({ ...place.positions })
    failures += 1
    return Math.min(longestPauseMs, 100 * 2 ** failures)
  }
  const run = async () => {
    while (!ending.signal.aborted) {
      const pause = await turn().catch((error) =>
        back(`${follower.name} fails: ${error instanceof Error ? error.message : error}`),
      )
      if (pause > 0) await sleep(pause, undefined, { signal: ending.signal }).catch(() => {})
    }
  }
  const watching = setInterval(() => {
    const silent = Date.now() - lookedAt
    if (silent > slowMs) {
      told(`${follower.name} has not looked at the stream for ${Math.round(silent / 1000)} s.`)
    }
  }, slowMs)
  watching.unref()
  const running = run()
  return {
    async stop() {
      ending.abort()
      clearInterval(watching)
      await running
    },
  }
}

/** The sequence number of the first record that was not taken. */
async function handOver(
  { handler, takes = () => true }: Follower,
  { records }: StreamBatch,
): Promise<string | undefined> {
  const Records = records.filter(takes)
  if (Records.length === 0) return undefined
  const { batchItemFailures } = await handler({ Records })
  return batchItemFailures[0]?.itemIdentifier
}

/** The sequence number of the last record before the one that failed. */
function doneOf({ records }: StreamBatch, failed: string | undefined): string | undefined {
  const sequences = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '')
  return failed === undefined ? sequences.at(-1) : sequences[sequences.indexOf(failed) - 1]
}

const writtenAt = ({ records }: StreamBatch): number =>
  (records[0]?.dynamodb?.ApproximateCreationDateTime ?? Date.now() / 1000) * 1000

/** Says a line, and no other for a while. */
function seldom(say: Say): Say {
  let last = 0
  return (line) => {
    if (Date.now() < last + tellEveryMs) return
    last = Date.now()
    say(line)
  }
}

/** Where a follower is, kept in a file; another stream begins at its beginning. */
function placeIn(folder: string, name: string, stream: string) {
  const file = join(folder, `stream-${name.toLowerCase()}.json`)
  const positions = positionsIn(file, stream)
  const note = (shard: string, sequence: string) => {
    positions[shard] = sequence
    writeFileSync(`${file}.new`, JSON.stringify({ stream, positions }))
    renameSync(`${file}.new`, file)
  }
  return { positions, note }
}

function positionsIn(file: string, stream: string): Positions {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as { stream: string; positions: Positions }
    return kept.stream === stream ? kept.positions : {}
  } catch {
    // None yet, or torn: from the beginning, where everything numbered is passed over.
    return {}
  }
}
