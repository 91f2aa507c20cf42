import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { client } from '#lib/table/client.ts'
import { engines } from '#test/support/engines.ts'

type Doc = Record<string, unknown>
type Call = { commandName: string; input: Doc; from: number }
/** Calls in the trips in which they were made. */
export type Trips = Pick<Call, 'commandName' | 'input'>[][]

const commands = {
  GetItemCommand: GetCommand,
  QueryCommand,
  BatchGetItemCommand: BatchGetCommand,
  TransactWriteItemsCommand: TransactWriteCommand,
  UpdateItemCommand: UpdateCommand,
  PutItemCommand: PutCommand,
}

/** The store calls that some work makes, by trips: calls of one trip are under way together. */
export async function callsOf(work: () => Promise<unknown>): Promise<Trips> {
  const trips: Trips = []
  let under = 0
  const name = `recorded-${performance.now()}`
  client().middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (under === 0) trips.push([])
        under += 1
        trips.at(-1)?.push({ commandName, input: args.input as Doc })
        try {
          return await next(args)
        } finally {
          under -= 1
        }
      },
    { step: 'initialize', name },
  )
  await work()
  client().middlewareStack.remove(name)
  return trips
}

/** Makes recorded calls again by the SDK as it comes; writes are made whatever is there. */
export async function bareSdk(): Promise<(trips: Trips) => Promise<void>> {
  const { dynamodbEndpoint: endpoint } = await engines()
  const sdk = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: 'eu-central-1' }),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  )
  const send = sdk.send.bind(sdk) as (command: object) => Promise<object>
  return async (trips) => {
    for (const trip of trips) {
      await Promise.all(
        trip.map(({ commandName, input }) => {
          const Command = commands[commandName as keyof typeof commands]
          return send(new Command(input as never))
        }),
      )
    }
  }
}

/** The same calls with no condition that their first run has made untrue. */
export const unconditional = (trips: Trips): Trips =>
  trips.map((trip) =>
    trip.map(({ commandName, input }) => ({
      commandName,
      input: input.TransactItems
        ? {
            ...input,
            ClientRequestToken: randomUUID(),
            TransactItems: (input.TransactItems as Record<string, Doc>[]).map(eachFreed),
          }
        : freed(input),
    })),
  )

const eachFreed = (item: Record<string, Doc>) =>
  Object.fromEntries(
    Object.entries(item).map(([kind, one]) => [kind, kind === 'ConditionCheck' ? one : freed(one)]),
  )

/** Without its condition, and without the names and values that nothing else asks for. */
function freed({ ConditionExpression, ...one }: Doc): Doc {
  if (ConditionExpression === undefined) return one
  const asked = String(one.UpdateExpression ?? '')
  const left = { ...one }
  delete left.ReturnValuesOnConditionCheckFailure
  for (const part of ['ExpressionAttributeValues', 'ExpressionAttributeNames']) {
    const kept = Object.entries((one[part] ?? {}) as Doc).filter(([name]) => asked.includes(name))
    delete left[part]
    if (kept.length > 0) left[part] = Object.fromEntries(kept)
  }
  return left
}
