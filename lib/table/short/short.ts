import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand as QueryItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { type Line, post, type Reply } from './post.ts'
import { signer } from './sign.ts'
import { plainAnswer, Unknown, wireInput } from './values.ts'

type Doc = Record<string, unknown>
export type Short = Omit<Line, 'url'> & { endpoint: string | undefined }
type Errors = (operation: Operation, context: object, reply: Reply) => Promise<never>
type Operation = { namespace: string; name: string; traits: object; input: Doc; output: Doc }

const operations = new Map<unknown, Operation>(
  [
    { command: GetCommand, whole: new GetItemCommand({} as never) },
    { command: QueryCommand, whole: new QueryItemsCommand({} as never) },
    { command: BatchGetCommand, whole: new BatchGetItemCommand({} as never) },
    { command: TransactWriteCommand, whole: new TransactWriteItemsCommand({} as never) },
    { command: UpdateCommand, whole: new UpdateItemCommand({} as never) },
    { command: PutCommand, whole: new PutItemCommand({} as never) },
  ].map(({ command, whole }) => {
    const [, namespace, name, traits, input, output] = whole.schema as unknown as unknown[]
    return [command, { namespace, name, traits, input, output } as Operation]
  }),
)

export const operationOf = (command: object): Operation | undefined =>
  operations.get(command.constructor)

const answers = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'TransactionConflictException',
])
/** After faults of the way and refusals for no reason of the data the whole stack repeats, by its own rules. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || answers.has(error.name)) return true
  if (error instanceof Unknown || error instanceof SyntaxError) return false
  return !('code' in error || '$metadata' in error)
}

/**
 * One attempt at an operation without the SDK's stack: its schemas, endpoint and credentials, its classes of errors.
 * The checksum of the answer is not looked at, as in the SDK: TLS has seen to it.
 */
export function shortWay({ config }: DynamoDBClient, { endpoint, ...line }: Short) {
  const find = async () => {
    const region = await config.region()
    const { url } = config.endpointProvider({
      Region: region,
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
      ...(endpoint && { Endpoint: endpoint }),
    })
    return { sign: signer(url.host, region), to: { ...line, url } }
  }
  let known: ReturnType<typeof find> | undefined
  const errorOf = config.protocol.deserializeResponse.bind(config.protocol) as unknown as Errors
  return async (operation: Operation, input: Doc, signal?: AbortSignal): Promise<Doc> => {
    const body = JSON.stringify(wireInput(input))
    known ??= find()
    const { sign, to } = await known
    const now = Date.now() + config.systemClockOffset
    const identity = await config.credentials()
    const headers = sign(`DynamoDB_20120810.${operation.name}`, body, identity, now)
    const reply = await post(to, headers, body, signal)
    if (reply.statusCode === 200) return plainAnswer(JSON.parse(reply.body.toString()))
    return errorOf(operation, config, reply)
  }
}
