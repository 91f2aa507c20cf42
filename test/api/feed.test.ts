import type { DynamoDBRecord } from 'aws-lambda'
import { beforeAll, expect, test } from 'vitest'
import { handler } from '#functions/feed.ts'
import { changesIn } from '../support/changes.ts'
import { crashAfter, restart } from '../support/crashes.ts'
import { type EventClient, freshEvent, makeGroup, makePerson } from '../support/factories.ts'
import { inject } from '../support/faults.ts'
import { drainFeed, followChanges, nextBatch } from '../support/feed.ts'

beforeAll(followChanges)

/** Everything that is in the stream, for nobody to number but the test. */
async function everyRecord(): Promise<DynamoDBRecord[]> {
  const all: DynamoDBRecord[] = []
  for (;;) {
    const batch = await nextBatch()
    if (!batch) return all
    all.push(...batch.records)
  }
}

const failedIn = async (Records: DynamoDBRecord[]) =>
  (await handler({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)

/** A person with so many groups that their changes do not go into one transaction. */
async function busyEvent(): Promise<EventClient> {
  const at = await freshEvent()
  const groups: string[] = []
  for (let n = 0; n < 40; n += 1) groups.push((await makeGroup(at, `Group ${n}`)).group_id)
  await makePerson(at, { assign_groups: groups })
  return at
}

async function expectNumbered(at: EventClient, count: number) {
  const all = await changesIn(at)
  expect(all.map(({ sequence }) => sequence)).toEqual([...Array(count).keys()].map((n) => n + 1))
  expect(new Set(all.map(({ change_id }) => change_id)).size).toBe(count)
}

test('passes over records that come again, in whatever parts', async () => {
  await drainFeed()
  const at = await busyEvent()
  const records = await everyRecord()
  expect(await failedIn(records)).toEqual([])
  expect(await failedIn(records)).toEqual([])
  expect(await failedIn(records.slice(7))).toEqual([])
  expect(await failedIn(records.slice(0, 9))).toEqual([])
  await expectNumbered(at, 3 + 40 + 41)
})

test('names the first record that is not done; the events beside it are', async () => {
  await drainFeed()
  const [one, other] = [await freshEvent(), await freshEvent()]
  const records = await everyRecord()
  const broken = () => Object.assign(new Error('broken'), { name: 'Broken' })
  const fault = inject({
    command: 'TransactWriteItemsCommand',
    when: 'before',
    times: 1,
    error: broken,
  })
  const failed = await failedIn(records)
  fault.end()
  const sequences = records.map(({ dynamodb }) => dynamodb?.SequenceNumber)
  expect(failed).toHaveLength(1)
  const from = sequences.indexOf(failed[0] ?? '')
  expect(from).toBeGreaterThanOrEqual(0)
  expect(await failedIn(records.slice(from))).toEqual([])
  for (const at of [one, other]) await expectNumbered(at, 3)
})

test('numbers everything once, wherever the function is killed', async () => {
  await drainFeed()
  const at = await busyEvent()
  const records = await everyRecord()
  for (let writes = 0; writes < 4; writes += 1) {
    crashAfter(writes)
    await failedIn(records)
    restart()
  }
  expect(await failedIn(records)).toEqual([])
  await expectNumbered(at, 3 + 40 + 41)
})

test('numbers once what two lanes are given at the same time', async () => {
  await drainFeed()
  const at = await busyEvent()
  const records = await everyRecord()
  const lanes = [records, records, records.slice(0, records.length / 2), records]
  expect((await Promise.all(lanes.map(failedIn))).flat()).toEqual([])
  await expectNumbered(at, 3 + 40 + 41)
})

test('takes no notice of rows that are of no event', async () => {
  await drainFeed()
  const Keys = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } })
  const rows = ['Z', 'K#x', 'org_x#E', `org_${'a'.repeat(26)}#evt_${'a'.repeat(26)}#??`]
  const records = rows.map((pk, n) => ({ eventID: String(n), dynamodb: { Keys: Keys(pk) } }))
  expect(await failedIn(records)).toEqual([])
})

const beatOf = (n: number, stream = 'stream-1'): DynamoDBRecord => ({
  eventID: `beat-${stream}-${n}`,
  eventSourceARN: stream,
  dynamodb: { Keys: { pk: { S: 'LF' }, sk: { S: 'B' } }, NewImage: { n: { N: String(n) } } },
})

test('says that the feed was interrupted where beats are missing, once and in every event', async () => {
  const [one, other] = [await freshEvent(), await freshEvent()]
  await drainFeed()
  const interrupted = async () =>
    (await Promise.all([one, other].map((at) => changesIn(at)))).map(
      (all) => all.filter(({ type }) => type === 'feed.interrupted').length,
    )
  const base = Date.now()
  for (const n of [1, 2, 3, 2]) expect(await failedIn([beatOf(base + n)])).toEqual([])
  const before = await interrupted()
  // Before it every stream is new to this table.
  expect(new Set(before).size).toBe(1)
  expect(await failedIn([beatOf(base + 5)])).toEqual([])
  expect(await failedIn([beatOf(base + 5), beatOf(base + 6)])).toEqual([])
  expect(await interrupted()).toEqual(before.map((count) => count + 1))
  expect(await failedIn([beatOf(base + 7, 'stream-2')])).toEqual([])
  expect(await interrupted()).toEqual(before.map((count) => count + 2))
})

test('says so in place of a record that it does not understand, and goes on', async () => {
  const at = await freshEvent()
  await drainFeed()
  await makePerson(at)
  const records = await everyRecord()
  const broken = records.filter(({ dynamodb }) => dynamodb?.NewImage?.kind?.S === 'person')
  for (const { dynamodb } of broken)
    if (dynamodb?.NewImage) dynamodb.NewImage.agenda = { NULL: true }
  expect(await failedIn(records)).toEqual([])
  await makeGroup(at, 'Crew')
  const types = (await changesIn(at, 3)).map(({ type }) => type)
  expect(types).toEqual(['feed.interrupted', 'group.created'])
})
