import type { Operation } from './commands.ts'
import { type Line, post } from './post.ts'
import { type Identity, signer } from './sign.ts'
import { plainAnswer, Unknown, wireInput } from './values.ts'
import type { Whole } from './whole.ts'

type Doc = Record<string, unknown>
export type Short = Omit<Line, 'url'> & {
  region: string
  /** Where the store is; undefined where the SDK has to say it. */
  endpoint: string | undefined
  credentials: () => Promise<Identity>
}
/** The SDK's stack: what was loaded of it so far, and a way to load it. */
export type Opening = { opened: Whole | undefined; open: () => Promise<Whole> }

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
 * One attempt at an operation without the SDK's stack; its errors are made by the SDK, which is loaded with the first.
 * The checksum of the answer is not looked at, as in the SDK: TLS has seen to it.
 */
export function shortWay({ endpoint, region, credentials, ...line }: Short, whole: Opening) {
  const find = async () => {
    const url = endpoint === undefined ? await (await whole.open()).endpoint() : new URL(endpoint)
    return { sign: signer(url.host, region), to: { ...line, url } }
  }
  let known: ReturnType<typeof find> | undefined
  return async (operation: Operation, input: Doc, signal?: AbortSignal): Promise<Doc> => {
    const body = JSON.stringify(wireInput(input))
    known ??= find()
    const { sign, to } = await known
    const now = Date.now() + (whole.opened?.clockOffset() ?? 0)
    const headers = sign(`DynamoDB_20120810.${operation}`, body, await credentials(), now)
    const reply = await post(to, headers, body, signal)
    if (reply.statusCode === 200) return plainAnswer(JSON.parse(reply.body.toString()))
    return (await whole.open()).refuse(operation, reply)
  }
}
