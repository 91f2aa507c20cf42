import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { isFinal, operationOf, type Short, shortWay } from './short.ts'
import { afterUnsure, isUnsure } from './unsure.ts'
import { Unknown } from './values.ts'

type Doc = Record<string, unknown>
type Handler = (args: { input: Doc }) => Promise<{ output: Doc; response?: unknown }>
type Middleware = (next: Handler, context: { commandName: string }) => Handler
type Tap = { middleware: Middleware; name: string }
type Command = { input: Doc; clientCommand?: object }
type Send = (command: Command, options?: { abortSignal?: AbortSignal }) => Promise<Doc>

/**
 * Lets a document client go the short way first. What comes back without an answer, and what the short way does not
 * know, goes through the whole stack, with its own repeats and its setting of the clock. Whoever puts a middleware
 * on the client is heard on both ways.
 */
export function withShortWay(base: DynamoDBClient, whole: DynamoDBDocumentClient, to: Short) {
  const short = shortWay(base, to)
  const { around, inside } = tapped(base)
  const send = whole.send.bind(whole) as unknown as Send
  const both: Send = async (command, options) => {
    const operation = operationOf(command)
    const [commandName, signal] = [nameOf(command), options?.abortSignal]
    const through = (taps: Tap[], last: Handler) =>
      taps.reduceRight((next, { middleware }) => middleware(next, { commandName }), last)
    const wholly: Handler = async ({ input }) => {
      const again = new (command.constructor as new (input: Doc) => Command)(input)
      return { output: await send(again, options) }
    }
    const shortly: Handler = async ({ input }) => ({
      output: operation ? await short(operation, input, signal) : {},
    })
    const first: Handler = async (args) => {
      try {
        return await through(inside, shortly)(args)
      } catch (error) {
        if (isFinal(error) || signal?.aborted) throw error
        if (!(error instanceof Unknown)) await sleep(Math.random() * longestPauseMs)
        if (!isUnsure(error)) return wholly(args)
        return wholly(args).catch((later) => {
          throw afterUnsure(later)
        })
      }
    }
    const { output } = await through(around, operation ? first : wholly)({ input: command.input })
    return output
  }
  whole.send = both as unknown as DynamoDBDocumentClient['send']
  return whole
}

const longestPauseMs = 25

const nameOf = ({ clientCommand }: Command): string => clientCommand?.constructor.name ?? ''

/** Keeps what is put on a client's stack: around a whole call, or inside each attempt at it. */
function tapped({ middlewareStack }: DynamoDBClient): { around: Tap[]; inside: Tap[] } {
  const lists = { around: [] as Tap[], inside: [] as Tap[] }
  const stack = middlewareStack as unknown as {
    add: (middleware: Middleware, options: { step?: string; name: string }) => void
    remove: (name: string) => boolean
  }
  const { add, remove } = stack
  stack.add = (middleware, options) => {
    const isAround = (options.step ?? 'initialize') === 'initialize'
    if (!isAround) add(middleware, options)
    lists[isAround ? 'around' : 'inside'].push({ middleware, name: options.name })
  }
  stack.remove = (name) => {
    const isIn = Object.values(lists).some((list) => list.some((tap) => tap.name === name))
    for (const list of [lists.around, lists.inside]) {
      list.splice(0, list.length, ...list.filter((tap) => tap.name !== name))
    }
    return remove(name) || isIn
  }
  return lists
}
