import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import { turnsEnd } from '#lib/http/delivery/turns.ts'
import { isFollowed } from '#lib/store/feed/followed.ts'
import { isWaking } from '#lib/store/webhooks/due.ts'
import type { EventClient } from './factories.ts'
import { nextBatch } from './feed.ts'

// biome-ignore lint/suspicious/noExplicitAny: messages are read freely
export type Got = { id: string; headers: IncomingHttpHeaders; text: string; body: any }
type Answer = (response: ServerResponse, got: Got) => void

/** A receiver on this machine that keeps what it gets, and answers as it is told. */
export async function receiver() {
  const got: Got[] = []
  let answer: Answer = (response) => response.end()
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await Array.fromAsync(request)).toString()
    const { headers } = request
    const one = { id: String(headers['webhook-id']), headers, text, body: JSON.parse(text) }
    got.push(one)
    answer(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    got,
    /** The sequences of what came, in the order in which it came. */
    sequences: () => got.map(({ body }) => body.data.sequence as number),
    /** Forgets what came. */
    clear: () => got.splice(0),
    /** How to answer from now on: a status, or what to do. */
    answers: (next: number | Answer) => {
      answer =
        typeof next === 'function' ? next : (response) => response.writeHead(next, extra).end()
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const extra = { location: 'http://127.0.0.1:1/elsewhere' }
export type Receiver = Awaited<ReturnType<typeof receiver>>

/** A webhook of an event, with its secret. */
export async function hookOf({ ask }: EventClient, url: string, fields: object = {}) {
  const made = await ask('POST', '/webhooks', { webhook: { url, ...fields } })
  expect(made.status, made.text).toBe(200)
  const id: string = made.body.webhook_id
  const read = async () => (await ask('GET', `/webhooks/${id}`)).body
  const deliveries = async (query = '') =>
    (await ask('GET', `/webhooks/${id}/deliveries${query}`)).body
  return { id, secret: made.body.secret as string, read, deliveries }
}

/** Numbers what was written, wakes whom it wakes, calls whoever is due, and waits until nobody sends any more. */
export async function deliver(): Promise<void> {
  await wake()
  await turnsEnd()
}

/** The same without waiting. */
export async function wake(): Promise<void> {
  const { handler: feed } = await import('#functions/feed.ts')
  const { handler } = await import('#functions/deliver.ts')
  for (let batch = await nextBatch(); batch; batch = await nextBatch()) {
    const { records } = batch
    await feed({ Records: records.filter(isFollowed) })
    await handler({ Records: records.filter(isWaking) })
  }
  await handler({ due: true })
}

/** Throws unless the message is signed by this secret (the library's own verifier). */
export const verify = (secret: string, { text, headers }: Got): unknown =>
  new Webhook(secret).verify(text, headers as Record<string, string>)
