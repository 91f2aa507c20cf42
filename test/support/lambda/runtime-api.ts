import type { ServerResponse } from 'node:http'
import { bodyOf, onLoopback } from '#test/support/loopback.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of any function
export type Invoked = { result?: any; error?: string }
export type RuntimeApi = {
  host: string
  /** Hands an event to the function, as Lambda does, and waits for what it returns. */
  invoke(event: unknown): Promise<Invoked>
  /** What the function said while it started, if it failed. */
  initError(): string
  stop(): Promise<void>
}

type Waiting = { event: unknown; done: (invoked: Invoked) => void }

/** Lambda's runtime API (docs.aws.amazon.com/lambda, "Using the Lambda runtime API"), on loopback. */
export async function runtimeApi(arn: string): Promise<RuntimeApi> {
  const queue: Waiting[] = []
  const running = new Map<string, Waiting>()
  let asking: ServerResponse | undefined
  let init = ''
  let count = 0
  const hand = () => {
    const next = queue[0]
    if (!asking || !next) return
    queue.shift()
    count += 1
    const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
    running.set(id, next)
    asking.setHeader('Lambda-Runtime-Aws-Request-Id', id)
    asking.setHeader('Lambda-Runtime-Deadline-Ms', Date.now() + 29_000)
    asking.setHeader('Lambda-Runtime-Invoked-Function-Arn', arn)
    asking.setHeader(
      'Lambda-Runtime-Trace-Id',
      'Root=1-65000000-000000000000000000000000;Sampled=0',
    )
    asking.setHeader('content-type', 'application/json')
    asking.end(JSON.stringify(next.event))
    asking = undefined
  }
  const server = await onLoopback(async (request, response) => {
    const body = String(await bodyOf(request))
    const [, id = '', what] =
      /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? []
    if (request.url?.endsWith('/invocation/next')) {
      asking = response
      hand()
      return
    }
    if (request.url?.endsWith('/init/error')) init = body
    running
      .get(id)
      ?.done(what === 'error' ? { error: body } : { result: JSON.parse(body || 'null') })
    running.delete(id)
    response.writeHead(202).end('{"status":"OK"}')
  })
  const invoke = (event: unknown) =>
    new Promise<Invoked>((done) => {
      queue.push({ event, done })
      hand()
    })
  return { host: `127.0.0.1:${server.port}`, invoke, initError: () => init, stop: server.stop }
}
