import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely
export type Body = any
export type Reply = { status: number; body: Body; headers: Headers }
export type Sent = { body?: unknown; token?: string; query?: string }

/** What every client of a server says about it: how often it was answered how, and what must not have been. */
export type Tally = { answers: Record<string, number>; faults: string[] }

const patienceMs = 120_000

/**
 * A client that does not give up: a request without an answer, or with one that says to come again, is sent again under
 * its key until it is answered.
 */
export function persistent(api: string, token: string, tally: Tally) {
  return async (method: string, path: string, sent: Sent = {}): Promise<Reply> => {
    const key = randomUUID()
    for (const late = Date.now() + patienceMs; Date.now() < late; ) {
      const reply = await once(api, method, path, { token, key, ...sent })
      const name = reply?.status ?? 'broken off'
      tally.answers[name] = (tally.answers[name] ?? 0) + 1
      if (reply?.status === 500) {
        tally.faults.push(`${method} ${path} answered 500 ${JSON.stringify(reply.body)}`)
      }
      const isFinal = reply && reply.status < 500 && reply.status !== 429 && !isRunning(reply)
      if (isFinal) return reply
      await sleep(50)
    }
    throw new Error(`${method} ${path} was not answered in two minutes`)
  }
}

export type Ask = ReturnType<typeof persistent>

/** The same request is still being carried out. */
const isRunning = ({ status, headers }: Reply) => status === 409 && headers.has('retry-after')

type Asked = Sent & { token: string; key: string }

async function once(
  api: string,
  method: string,
  path: string,
  { token, key, body }: Asked,
): Promise<Reply | undefined> {
  try {
    const answered = await fetch(api + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method !== 'GET' && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
    const text = await answered.text()
    return {
      status: answered.status,
      body: text ? JSON.parse(text) : {},
      headers: answered.headers,
    }
  } catch {
    return undefined
  }
}
