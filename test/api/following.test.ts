import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepFollowing } from '#infra/local/following.ts'
import { switchOnStream } from '#infra/local/stream.ts'
import { engines } from '#test/support/engines.ts'
import { freshEvent } from '#test/support/factories.ts'

let folder: string
const endings: (() => Promise<unknown>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plenary-following-'))
})
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
  rmSync(folder, { recursive: true, force: true })
})

const fileOf = () => join(folder, 'stream-feed.json')
const sequenceOf = ({ dynamodb }: DynamoDBRecord) => Number(dynamodb?.SequenceNumber)

/** Follows the stream of this process's table with a function that takes what `takes` lets it. */
async function followed(takes: (record: DynamoDBRecord, call: number) => boolean) {
  const { dynamodbEndpoint: endpoint } = await engines()
  const arn = await switchOnStream(endpoint, process.env.TABLE_NAME ?? '')
  const taken: number[] = []
  const said: string[] = []
  let calls = 0
  const handler = async ({ Records }: DynamoDBStreamEvent) => {
    calls += 1
    for (const record of Records) {
      if (!takes(record, calls)) {
        return { batchItemFailures: [{ itemIdentifier: String(sequenceOf(record)) }] }
      }
      taken.push(sequenceOf(record))
    }
    return { batchItemFailures: [] }
  }
  const { stop } = keepFollowing({ endpoint, arn }, folder, { name: 'Feed', handler }, (line) =>
    said.push(line),
  )
  endings.push(stop)
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((next) => setTimeout(next, 5))
  }
  return { taken, said, stop, until }
}

test('gives what was not taken again, from there on, and says so', async () => {
  await switchOnStream((await engines()).dynamodbEndpoint, process.env.TABLE_NAME ?? '')
  await freshEvent()
  const third = (n: number) => (record: DynamoDBRecord, call: number) =>
    call > 1 || sequenceOf(record) % 3 !== n
  const { taken, said, until } = await followed(third(0))
  await until(() => taken.length >= 6)
  expect(said).toEqual(['Feed does not take a record of the stream; it is given again.'])
  // Nothing twice, nothing left out, in its order.
  expect(taken).toEqual(taken.map((_, n) => (taken[0] ?? 0) + n))
})

test('goes on where it was after a stop, and from the beginning where the database is an older one', async () => {
  const first = await followed(() => true)
  await freshEvent()
  await first.until(() => first.taken.length >= 3)
  await first.stop()
  const { positions, ...rest } = JSON.parse(readFileSync(fileOf(), 'utf8'))
  const [shard = '', last] = Object.entries<string>(positions)[0] ?? []
  expect(Number(last)).toBe(first.taken.at(-1))
  await freshEvent()
  const second = await followed(() => true)
  await second.until(() => second.taken.length >= 3)
  await second.stop()
  expect(second.taken[0]).toBe(Number(last) + 1)
  writeFileSync(fileOf(), JSON.stringify({ ...rest, positions: { [shard]: '999999999' } }))
  const third = await followed(() => true)
  await third.until(() => third.taken.length >= 3)
  expect(third.taken[0]).toBe(1)
})

test('says what fails, and is not stopped by it', async () => {
  await freshEvent()
  const { taken, said, until } = await followed((_, call) => {
    if (call === 1) throw new Error('no room')
    return true
  })
  await until(() => taken.length >= 3)
  expect(said).toEqual(['Feed fails: no room'])
})
