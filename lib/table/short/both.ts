import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Operation, operations, type TableCommand } from './commands.ts'
import { isFinal, type Opening, type Short, shortWay } from './short.ts'
import { afterUnsure, isUnsure } from './unsure.ts'
import { Unknown } from './values.ts'
import type { Sendable, Whole } from './whole.ts'

type Doc = Record<string, unknown>
type Options = { abortSignal?: AbortSignal }
type Handler = (args: { input: Doc }) => Promise<{ output: Doc; response?: unknown }>
type Middleware = (next: Handler, context: { commandName: string }) => Handler
type Placed = { step?: string; name: string; priority?: string }
type Tap = { middleware: Middleware; placed: Placed }
type Stack = {
  add: (middleware: Middleware, placed: Placed) => void
  remove: (name: string) => boolean
}

/** A client of the store: of calls as `commands.ts` makes them, and of every command of the document client. */
export type TableClient = {
  send: DynamoDBDocumentClient['send'] &
    (<Output>(command: TableCommand<Output>, options?: Options) => Promise<Output>)
  middlewareStack: Pick<DynamoDBClient['middlewareStack'], 'add' | 'remove'>
}

/**
 * Goes the short way first, where there is one. What comes back without an answer, and what the short way does not
 * know, goes through the whole stack, with its own repeats and its setting of the clock; it is loaded with the first
 * of these. Whoever puts a middleware on the client is heard on both ways.
 */
export function tableClient(load: () => Promise<Whole>, to: Short | undefined): TableClient {
  const { around, inside, stack, tap } = taps()
  let opening: Promise<Whole> | undefined
  const whole: Opening = {
    opened: undefined,
    open: async () => {
      opening ??= load()
      const opened = await opening
      if (!whole.opened) tap(opened.middlewareStack as unknown as Stack)
      whole.opened = opened
      return opened
    },
  }
  const short = to && shortWay(to, whole)
  const send = async (command: TableCommand | Sendable, options?: Options): Promise<Doc> => {
    const [commandName, signal] = [nameOf(command), options?.abortSignal]
    const operation = operationOf(command)
    const through = (list: Tap[], last: Handler) =>
      list.reduceRight((next, { middleware }) => middleware(next, { commandName }), last)
    const wholly: Handler = async ({ input }) => {
      const way = await whole.open()
      return { output: await way.send(sendable(way, command, input), options) }
    }
    const shortly = (go: NonNullable<typeof short>, name: Operation): Handler =>
      through(inside, async ({ input }) => ({ output: await go(name, input, signal) }))
    const first =
      (go: NonNullable<typeof short>, name: Operation): Handler =>
      async (args) => {
        try {
          return await shortly(go, name)(args)
        } catch (error) {
          if (isFinal(error) || signal?.aborted) throw error
          if (!(error instanceof Unknown)) await sleep(Math.random() * longestPauseMs)
          if (!isUnsure(error)) return wholly(args)
          return wholly(args).catch((later) => {
            throw afterUnsure(later)
          })
        }
      }
    const handler = short && operation ? first(short, operation) : wholly
    return (await through(around, handler)({ input: command.input })).output
  }
  return { send, middlewareStack: stack } as unknown as TableClient
}

const longestPauseMs = 25

/** As the SDK names commands to its middlewares. */
const nameOf = (command: TableCommand | Sendable): string =>
  'operation' in command
    ? `${command.operation}Command`
    : (command.clientCommand?.constructor.name ?? command.constructor.name)

/** The operation of a call that may go the short way: values in it are plain ones. */
function operationOf(command: TableCommand | Sendable): Operation | undefined {
  if ('operation' in command) return command.operation
  const name = command.clientCommand && nameOf(command)
  return operations.find((one) => `${one}Command` === name)
}

const sendable = (way: Whole, command: TableCommand | Sendable, input: Doc): Sendable =>
  'operation' in command
    ? way.commandOf(command.operation, input)
    : new (command.constructor as new (input: Doc) => Sendable)(input)

/** Keeps what is put on a client: around a whole call, or inside each attempt at it. */
function taps() {
  const lists = { around: [] as Tap[], inside: [] as Tap[] }
  let below: Stack | undefined
  const stack: Stack = {
    add: (middleware, placed) => {
      const isAround = (placed.step ?? 'initialize') === 'initialize'
      lists[isAround ? 'around' : 'inside'].push({ middleware, placed })
      if (!isAround) below?.add(middleware, placed)
    },
    remove: (name) => {
      let isIn = below?.remove(name) ?? false
      for (const list of [lists.around, lists.inside]) {
        const left = list.filter(({ placed }) => placed.name !== name)
        isIn ||= left.length < list.length
        list.splice(0, list.length, ...left)
      }
      return isIn
    },
  }
  /** Hands what stands inside each attempt on to the SDK's own stack, now and from now on. */
  const tap = (opened: Stack) => {
    below = opened
    for (const { middleware, placed } of lists.inside) opened.add(middleware, placed)
  }
  return { ...lists, stack, tap }
}
