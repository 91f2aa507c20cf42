import type { DynamoDBRecord } from 'aws-lambda'
import { call } from './dynamodb.ts'

/** Shard → the sequence number of the last record that is done. */
export type Positions = Record<string, string>
export type StreamBatch = { shard: string; records: DynamoDBRecord[] }
export type StreamReader = {
  /** The next records of some shard, or nothing; what was given is not given again. */
  next(): Promise<StreamBatch | undefined>
  /** Goes back to where these positions say. */
  rewind(to: Positions): void
}

/** Switches the stream of a table on, also of one that an earlier version made; gives its name. */
export async function switchOnStream(endpoint: string, TableName: string): Promise<string> {
  const before = await describedStream(endpoint, TableName)
  if (before) return before
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
  const answered = await call(endpoint, 'UpdateTable', { TableName, StreamSpecification })
  const made = await describedStream(endpoint, TableName)
  if (!made) throw new Error(`The DynamoDB at ${endpoint} gives no stream: ${answered.text}`)
  return made
}

async function describedStream(endpoint: string, TableName: string): Promise<string | undefined> {
  const { Table } = JSON.parse((await call(endpoint, 'DescribeTable', { TableName })).text)
  return Table?.StreamSpecification?.StreamEnabled ? Table.LatestStreamArn : undefined
}

/** How often the stream is asked for shards that are new. */
const shardsEveryMs = 5_000

/** Reads a stream from these positions on, and shards that have none from their beginning: Lambda's part. */
export function streamReader(
  endpoint: string,
  stream: string,
  from: Positions,
  limit = 200,
): StreamReader {
  let iterators = new Map<string, string | undefined>()
  let positions = from
  let listedAt = 0
  const ask = (operation: string, body: object) => askStream(endpoint, operation, body)

  const iteratorOf = async (ShardId: string): Promise<string | undefined> => {
    if (iterators.has(ShardId)) return iterators.get(ShardId)
    const SequenceNumber = positions[ShardId]
    const at = (ShardIteratorType: string, place = {}): Promise<{ ShardIterator: string }> =>
      ask('GetShardIterator', { StreamArn: stream, ShardId, ShardIteratorType, ...place })
    const start = await at('TRIM_HORIZON')
    if (!SequenceNumber) return start.ShardIterator
    // Of a database that was put back from an older copy, the place is not there yet.
    const last = await at('AT_SEQUENCE_NUMBER', { SequenceNumber })
    const { Records } = await ask('GetRecords', { ...last, Limit: 1 })
    if (Records.length === 0) return start.ShardIterator
    return (await at('AFTER_SEQUENCE_NUMBER', { SequenceNumber })).ShardIterator
  }

  let shards: string[] = []
  const listShards = async () => {
    if (Date.now() < listedAt + shardsEveryMs) return shards
    const { StreamDescription } = await ask('DescribeStream', { StreamArn: stream })
    listedAt = Date.now()
    shards = StreamDescription.Shards.map((shard: { ShardId: string }) => shard.ShardId)
    return shards
  }

  return {
    async next() {
      for (const shard of await listShards()) {
        const ShardIterator = await iteratorOf(shard)
        // A shard that is closed and read to its end.
        if (!ShardIterator) continue
        const { Records, NextShardIterator } = await ask('GetRecords', {
          ShardIterator,
          Limit: limit,
        })
        iterators.set(shard, NextShardIterator)
        if (Records.length === 0) continue
        const records = Records.map((record: DynamoDBRecord) => ({
          ...record,
          eventSourceARN: stream,
        }))
        return { shard, records }
      }
      return undefined
    },
    rewind(to) {
      positions = to
      iterators = new Map()
    },
  }
}

async function askStream(endpoint: string, operation: string, body: object) {
  const answered = await call(endpoint, operation, body, 'DynamoDBStreams_20120810')
  if (!answered.ok) throw new Error(`${operation}: ${answered.text}`)
  return JSON.parse(answered.text)
}
