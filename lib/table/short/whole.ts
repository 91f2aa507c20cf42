import {
  BatchGetItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand as QueryItemsCommand,
  ScanCommand as ScanItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler'
import type { Operation } from './commands.ts'
import type { Reply } from './post.ts'

type Doc = Record<string, unknown>
type Errors = (schema: object, context: object, reply: Reply) => Promise<never>
export type Sendable = { input: Doc; clientCommand?: object }

/** The SDK's stack, as far as the short way asks for it. Loading it costs as much as all the rest of a function. */
export type Whole = ReturnType<typeof wholeWay>

/** A client of the SDK as it is used here. */
export function newWhole(config: DynamoDBClientConfig, connections: NodeHttpHandlerOptions): Whole {
  const requestHandler = new NodeHttpHandler({ ...connections, throwOnRequestTimeout: true })
  const base = lean(new DynamoDBClient({ ...config, maxAttempts: 4, requestHandler }))
  const marshallOptions = { removeUndefinedValues: true }
  return wholeWay(base, DynamoDBDocumentClient.from(base, { marshallOptions }))
}

/** Without the parts of the SDK's stack that say only who called: 4 % of a write's CPU. */
function lean(base: DynamoDBClient): DynamoDBClient {
  for (const name of [
    'loggerMiddleware',
    'recursionDetectionMiddleware',
    'getUserAgentMiddleware',
  ]) {
    base.middlewareStack.remove(name)
  }
  return base
}

const commands = {
  GetItem: { ours: GetCommand, schema: new GetItemCommand({} as never).schema },
  Query: { ours: QueryCommand, schema: new QueryItemsCommand({} as never).schema },
  BatchGetItem: { ours: BatchGetCommand, schema: new BatchGetItemCommand({} as never).schema },
  TransactWriteItems: {
    ours: TransactWriteCommand,
    schema: new TransactWriteItemsCommand({} as never).schema,
  },
  UpdateItem: { ours: UpdateCommand, schema: new UpdateItemCommand({} as never).schema },
  PutItem: { ours: PutCommand, schema: new PutItemCommand({} as never).schema },
  Scan: { ours: ScanCommand, schema: new ScanItemsCommand({} as never).schema },
}

/** Calls through the SDK, its errors, its endpoint and its clock. */
export function wholeWay(base: DynamoDBClient, documents: DynamoDBDocumentClient) {
  const { config, middlewareStack } = base
  const send = documents.send.bind(documents) as unknown as (
    command: Sendable,
    options?: object,
  ) => Promise<Doc>
  const fail = config.protocol.deserializeResponse.bind(config.protocol) as unknown as Errors
  return {
    middlewareStack,
    send,
    commandOf: (operation: Operation, input: Doc): Sendable =>
      new commands[operation].ours(input as never) as unknown as Sendable,
    /** Throws what the SDK makes of an answer that is none. */
    refuse: (operation: Operation, reply: Reply): Promise<never> => {
      const [, namespace, name, traits, input, output] = commands[operation].schema as unknown[]
      return fail({ namespace, name, traits, input, output }, config, reply)
    },
    endpoint: async (): Promise<URL> => {
      const { url } = config.endpointProvider({
        Region: await config.region(),
        UseFIPS: await config.useFipsEndpoint(),
        UseDualStack: await config.useDualstackEndpoint(),
      })
      return url
    },
    clockOffset: () => config.systemClockOffset,
  }
}
