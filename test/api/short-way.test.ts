import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client } from '#lib/table/client.ts'
import { isTransient } from '#lib/table/retry.ts'
import { tableClient } from '#lib/table/short/both.ts'
import { endpointIn } from '#lib/table/short/endpoint.ts'
import { wholeWay } from '#lib/table/short/whole.ts'
import { inject, reset } from '#test/support/faults.ts'
import * as faulty from '#test/support/faulty-store.ts'

let store: Awaited<ReturnType<typeof faulty.faultyStore>>
beforeAll(async () => {
  store = await faulty.faultyStore()
})
afterAll(() => store.end())

type Identity = {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' }
const silentMs = 300

function clientOf(way: 'short' | 'whole', credentials: () => Promise<Identity>) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const base = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: store.endpoint,
    credentials,
    maxAttempts: 4,
    requestHandler: new NodeHttpHandler({
      requestTimeout: silentMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
    }),
  })
  const documents = DynamoDBDocumentClient.from(base, {
    marshallOptions: { removeUndefinedValues: true },
  })
  if (way === 'whole') return { base, documents }
  const to = { endpoint: store.endpoint, agent, connectMs: 1_000, silentMs }
  const identity = () => base.config.credentials()
  const line = { ...to, region: 'eu-central-1', credentials: identity }
  return { base, documents: tableClient(async () => wholeWay(base, documents), line) }
}

const TableName = 'plenary'
const Key = { pk: 'a', sk: 'b' }
const commands = {
  GetItem: () => new GetCommand({ TableName, Key, ConsistentRead: true }),
  Query: () =>
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeNames: { '#n0': 'name' },
      ProjectionExpression: '#n0',
      ExpressionAttributeValues: { ':pk': 'a' },
      ExclusiveStartKey: Key,
      Limit: 20,
    }),
  BatchGetItem: () =>
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [Key], ConsistentRead: true } } }),
  TransactWriteItems: () =>
    new TransactWriteCommand({
      ClientRequestToken: 'one',
      TransactItems: [
        { Put: { TableName, Item: { ...Key, n: 1, set: new Set(['x']) } } },
        { Delete: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } },
        {
          Update: {
            TableName,
            Key,
            UpdateExpression: 'SET a = :a',
            ExpressionAttributeValues: { ':a': [null, true] },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } },
      ],
    }),
  UpdateItem: () =>
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'ADD ct :n',
      ExpressionAttributeValues: { ':n': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  PutItem: () => new PutCommand({ TableName, Item: { ...Key, text: 'ü' } }),
}
type Name = keyof typeof commands
const names = Object.keys(commands) as Name[]

const wireKey = { pk: { S: 'a' }, sk: { S: 'b' } }
const wireRow = {
  ...wireKey,
  n: { N: '1.5' },
  m: { M: { l: { L: [{ NULL: true }, { SS: ['x'] }] } } },
}
const answers: Record<Name, object> = {
  GetItem: { Item: wireRow, ConsumedCapacity: { TableName, CapacityUnits: 1 } },
  Query: { Items: [wireRow, wireKey], Count: 2, ScannedCount: 2, LastEvaluatedKey: wireKey },
  BatchGetItem: {
    Responses: { [TableName]: [wireRow] },
    UnprocessedKeys: { [TableName]: { Keys: [wireKey], ConsistentRead: true } },
  },
  TransactWriteItems: { ConsumedCapacity: [{ TableName, CapacityUnits: 4 }] },
  UpdateItem: { Attributes: { ct: { N: '7' } } },
  PutItem: {},
}

/** What the house sees of a call: its answer, or the class of its error and all that is asked of it. */
async function outcome(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  name: Name,
  abortSignal?: AbortSignal,
) {
  try {
    const send = documents.send.bind(documents) as (
      command: unknown,
      options: object,
    ) => Promise<object>
    const { $metadata, ...answered } = (await send(commands[name](), { abortSignal })) as {
      $metadata?: unknown
    }
    return { answered }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return {
      error: error.constructor,
      name: error.name,
      transient: isTransient(error),
      reasons: error instanceof TransactionCanceledException && error.CancellationReasons,
      item: 'Item' in error && error.Item,
    }
  }
}

async function bothWays(name: Name, script: faulty.Reply[], signal?: () => AbortSignal) {
  const [short, whole] = [clientOf('short', async () => keys), clientOf('whole', async () => keys)]
  store.script(...script)
  const wanted = await outcome(whole.documents, name, signal?.())
  if (signal) await sleep(100)
  store.script(...script)
  const got = await outcome(short.documents, name, signal?.())
  const attempts = store.asked.length
  return { got, wanted, attempts }
}

const item = { Item: wireRow }
const reasons = {
  CancellationReasons: [
    { Code: 'None' },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...item },
  ],
}
const later = { '500': 500, '502': 502, '503': 503 }
const ok = (name: Name) => faulty.answer(answers[name])

describe.each(names)('%s', (name) => {
  test('asks and is answered as by the whole stack, in one attempt', async () => {
    const [short, whole] = [
      clientOf('short', async () => keys),
      clientOf('whole', async () => keys),
    ]
    store.script(ok(name))
    const wanted = await outcome(whole.documents, name)
    const [asked] = store.asked.splice(0)
    const got = await outcome(short.documents, name)
    expect(got).toEqual(wanted)
    expect(store.asked.map(({ target }) => target)).toEqual([asked?.target])
    const [shortly] = store.asked
    expect(JSON.parse(shortly?.body ?? '')).toEqual(JSON.parse(asked?.body ?? ''))
    expect(shortly?.headers['content-type']).toBe(asked?.headers['content-type'])
    expect(shortly?.headers.host).toBe(asked?.headers.host)
  })

  const once: Record<string, faulty.Reply> = {
    ...Object.fromEntries(
      Object.entries(later).map(([what, status]) => [
        what,
        faulty.refuse('InternalServerError', status),
      ]),
    ),
    'a page of a gateway': faulty.answer('<html>Bad gateway</html>', 502),
    throttling: faulty.refuse('ThrottlingException'),
    'too much for the table': faulty.refuse('ProvisionedThroughputExceededException'),
    'a connection that ends': faulty.gone,
    'an answer that is torn': faulty.torn,
    silence: faulty.silent,
  }
  test.each(Object.keys(once))('is answered after %s', async (what) => {
    const fault = once[what] ?? faulty.gone
    const { got, wanted } = await bothWays(name, [fault, ok(name)])
    expect(wanted).toHaveProperty('answered')
    expect(got).toEqual(wanted)
  })

  test.each(Object.keys(once))('fails for the same reason where there is only %s', async (what) => {
    const { got, wanted } = await bothWays(name, [once[what] ?? faulty.gone])
    expect(wanted).toHaveProperty('error')
    expect(got).toEqual(wanted)
  })

  test.each([
    ['a condition', faulty.refuse('ConditionalCheckFailedException', 400, item), 1],
    ['a cancellation', faulty.refuse('TransactionCanceledException', 400, reasons), 1],
    ['a conflict', faulty.refuse('TransactionConflictException'), 1],
    ['a bad request', faulty.refuse('ValidationException'), 2],
    ['a table that is not there', faulty.refuse('ResourceNotFoundException'), 2],
    ['a name that nobody knows', faulty.refuse('NobodyKnowsException'), 2],
    ['a text that is no error', faulty.answer('{"message":"odd"}', 400), 2],
  ])('is refused by %s as by the whole stack', async (_, refusal, most) => {
    const { got, wanted, attempts } = await bothWays(name, [refusal, refusal, ok(name)])
    expect(wanted).toHaveProperty('error')
    expect(got).toEqual(wanted)
    expect(attempts).toBe(most)
  })

  test('reads a whole answer that comes in pieces', async () => {
    const { got, wanted } = await bothWays(name, [faulty.dripping(answers[name])])
    expect(got).toEqual(wanted)
  })

  test('ends when its time is over, and sends nothing after', async () => {
    const { got, wanted } = await bothWays(name, [faulty.silent], () => AbortSignal.timeout(50))
    expect(wanted).toHaveProperty('transient', true)
    expect(got).toHaveProperty('transient', true)
    await sleep(100)
    expect(store.asked.length).toBeLessThan(2)
  })
})

test('an answer that breaks off is never taken for one; one that came whole later is', async () => {
  const { got, wanted } = await bothWays('GetItem', [faulty.truncated])
  expect(wanted).toHaveProperty('error', SyntaxError)
  expect(got).toEqual(wanted)
  const later = await bothWays('GetItem', [faulty.truncated, ok('GetItem')])
  expect(later.got).toHaveProperty('answered.Item.pk', 'a')
})

test('a clock that is an hour off is set once, for all calls after', async () => {
  for (const way of ['short', 'whole'] as const) {
    const { documents } = clientOf(way, async () => keys)
    store.script(faulty.anHourAhead(ok('GetItem')))
    expect(await outcome(documents, 'GetItem')).toHaveProperty('answered')
    store.asked.length = 0
    expect(await outcome(documents, 'GetItem')).toHaveProperty('answered')
    expect(store.asked).toHaveLength(1)
  }
})

test('credentials are renewed when their time is near, and refused ones are the same error', async () => {
  for (const way of ['short', 'whole'] as const) {
    let asked = 0
    const { documents } = clientOf(way, async () => {
      asked += 1
      const expiration = new Date(Date.now() + (asked === 1 ? 1_000 : 3_600_000))
      return { ...keys, sessionToken: asked === 1 ? 'old' : 'new', expiration }
    })
    store.script(faulty.refusing('nothing', ok('GetItem')))
    await outcome(documents, 'GetItem')
    store.asked.length = 0
    await outcome(documents, 'GetItem')
    expect(store.asked.at(-1)?.headers['x-amz-security-token']).toBe('new')
    expect(String(store.asked.at(-1)?.headers.authorization)).toContain('x-amz-security-token')
    store.script(faulty.refusing('new', ok('GetItem')))
    expect(await outcome(documents, 'GetItem')).toMatchObject({
      name: 'ExpiredTokenException',
      transient: false,
    })
  }
})

test.each([undefined, 'a/session+token=='])(
  'signs as the SDK signs (session token: %s)',
  async (sessionToken) => {
    const identity = { ...keys, ...(sessionToken && { sessionToken }) }
    const { base, documents } = clientOf('short', async () => identity)
    for (const name of names) {
      store.script(ok(name))
      await outcome(documents, name)
      const { headers, body }: Pick<faulty.Asked, 'headers' | 'body'> = store.asked[0] ?? {
        headers: {},
        body: '',
      }
      const { authorization, connection, 'content-length': _, ...sent } = headers
      const date = String(sent['x-amz-date'])
      const iso = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
      const { 'x-amz-date': __, 'x-amz-security-token': ___, ...unsigned } = sent
      type Signer = {
        sign: (request: object, options: object) => Promise<Pick<faulty.Asked, 'headers'>>
      }
      const { constructor: Sign } = (await base.config.signer()) as object
      const sign = new (Sign as new (options: object) => Signer)({
        credentials: identity,
        region: 'eu-central-1',
        service: 'dynamodb',
        sha256: base.config.sha256,
        applyChecksum: false,
      })
      const { host } = new URL(store.endpoint)
      const signed = await sign.sign(
        {
          method: 'POST',
          protocol: 'http:',
          hostname: host,
          path: '/',
          query: {},
          headers: unsigned,
          body,
        },
        { signingDate: new Date(iso) },
      )
      expect(authorization).toBe(signed.headers.authorization)
      expect(sent['x-amz-security-token']).toBe(sessionToken)
    }
  },
)

describe('values', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.integer(),
    fc.double(),
    fc.constantFrom(
      -0,
      2 ** 53,
      -(2 ** 60),
      1e-7,
      Number.MAX_SAFE_INTEGER,
      12n,
      new Date(0),
      () => 1,
    ),
    fc.uniqueArray(fc.string(), { maxLength: 3 }).map((all) => new Set(all)),
    fc.uniqueArray(fc.integer(), { maxLength: 3 }).map((all) => new Set(all)),
    fc.uint8Array({ maxLength: 4 }),
    fc.constant(new Map([['a', 1]])),
  )
  // The SDK writes names of attributes as they are: one with a quotation mark is no JSON any more.
  const name = fc.string().filter((text) => JSON.stringify(text) === `"${text}"`)
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(name, tie('any'), { maxKeys: 4 }),
    ),
  })).any

  test('are spelt and read as the SDK does', async () => {
    const [short, whole] = [
      clientOf('short', async () => keys),
      clientOf('whole', async () => keys),
    ]
    let kept: unknown
    const keeps: faulty.Reply = (asked, response) => {
      if (asked.target === 'PutItem') kept = JSON.parse(asked.body).Item
      faulty.answer(asked.target === 'PutItem' ? {} : { Item: kept })(asked, response)
    }
    store.script(keeps)
    const round = async ({ documents }: typeof short, given: unknown) => {
      kept = undefined
      try {
        await documents.send(new PutCommand({ TableName, Item: { ...Key, given } }))
        const { Item } = await documents.send(new GetCommand({ TableName, Key }))
        return { kept, Item }
      } catch (error) {
        return { error: String(error) }
      }
    }
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        expect(await round(short, given)).toEqual(await round(whole, given))
      }),
      { numRuns: 400 },
    )
  })

  test('have names of any characters', async () => {
    const { documents } = clientOf('short', async () => keys)
    store.script(faulty.answer({}))
    const given = { 'a"b': 1, 'c\\': { '\u0000"}': 'x' }, ü: 'ü' }
    await documents.send(new PutCommand({ TableName, Item: { ...Key, given } }))
    expect(JSON.parse(store.asked[0]?.body ?? '').Item.given).toEqual({
      M: { 'a"b': { N: '1' }, 'c\\': { M: { '\u0000"}': { S: 'x' } } }, ü: { S: 'ü' } },
    })
  })

  test.each([
    { N: '9007199254740993' },
    { N: '1e400' },
    { N: '-0' },
    { B: 'AAEC' },
    { BS: ['AAEC'] },
    { NS: ['1', '2.5'] },
    { SS: ['a', 'b'] },
    { NULL: true },
    { S: '' },
    { M: {} },
    { L: [] },
    { BOOL: false },
  ])('%j is read as the SDK reads it', async (wire) => {
    const [short, whole] = [
      clientOf('short', async () => keys),
      clientOf('whole', async () => keys),
    ]
    store.script(faulty.answer({ Item: { wire } }))
    expect(await outcome(short.documents, 'GetItem')).toEqual(
      await outcome(whole.documents, 'GetItem'),
    )
  })
})

test('what the short way does not know goes through the whole stack', async () => {
  const { documents } = clientOf('short', async () => keys)
  store.script(faulty.answer({ Attributes: wireRow }))
  const Key = { pk: 'a', sk: 'b' }
  const { Attributes } = await documents.send(new DeleteCommand({ TableName, Key }))
  expect(Attributes).toMatchObject({ n: 1.5 })
  expect(store.asked[0]?.headers['user-agent']).toBeDefined()
})

test.each([
  ...['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-3', 'eu-south-2', 'ap-southeast-7'],
  ...['ca-west-1', 'sa-east-1', 'me-central-1', 'il-central-1', 'af-south-1', 'mx-central-1'],
])('the store of %s is where the SDK has it', async (region) => {
  const base = new DynamoDBClient({ region })
  const asked = await wholeWay(base, DynamoDBDocumentClient.from(base)).endpoint()
  expect(endpointIn(region)).toBe(asked.href.replace(/\/$/, ''))
})

test.each([
  'cn-north-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'eusc-de-east-1',
  '',
])('the store of %j is for the SDK to find', (region) => expect(endpointIn(region)).toBeUndefined())

test('a fault that a test puts on the client of the process meets the short way', async () => {
  const fault = inject({ command: 'GetItemCommand', when: 'before', times: 1, error: reset })
  const { Item } = await client().send(new GetCommand({ TableName, Key: { pk: 'no', sk: 'no' } }))
  fault.end()
  expect({ Item, met: fault.met() }).toEqual({ Item: undefined, met: 1 })
})
