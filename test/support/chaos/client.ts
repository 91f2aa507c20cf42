import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Carried, Carrier } from '#test/support/call.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely
export type Body = any
export type Reply = { status: number; body: Body; headers: Headers }
export type Sent = { body?: unknown; token?: string }

/** What every client of a server says about it: how often it was answered how, and what must not have been. */
export type Tally = { answers: Record<string, number>; faults: string[] }

const patienceMs = 120_000

/**
 * Brings requests to a server and does not give up: one without an answer, or with one that says to come again, is sent
 * again under its key until it is answered.
 */
export function persistentCarrier(origin: string, tally: Tally): Carrier {
  return async (request) => {
    const what = `${request.method} ${request.url}`
    const headers = headersOf(request)
    for (const late = Date.now() + patienceMs; Date.now() < late; ) {
      const reply = await once(origin, { ...request, headers })
      const name = reply?.status ?? 'broken off'
      tally.answers[name] = (tally.answers[name] ?? 0) + 1
      if (reply?.status === 500) tally.faults.push(`${what} answered 500 ${reply.body}`)
      if (reply && isFinal(reply)) return reply
      await sleep(50)
    }
    throw new Error(`${what} was not answered in two minutes`)
  }
}

/** A client of an API with a token of its own, which does not give up either. */
export function persistent(api: string, token: string, tally: Tally) {
  const { origin, pathname } = new URL(api)
  const carry = persistentCarrier(origin, tally)
  return async (method: string, path: string, sent: Sent = {}): Promise<Reply> => {
    const json: [string, string][] = [['content-type', 'application/json']]
    const text = sent.body === undefined ? '' : JSON.stringify(sent.body)
    const reply = await carry({
      method,
      url: pathname + path,
      headers: [['authorization', `Bearer ${sent.token ?? token}`], ...(text ? json : [])],
      body: Buffer.from(text),
      sourceIp: '',
    })
    const { status, headers, body } = reply
    return {
      status,
      body: body.length > 0 ? JSON.parse(body.toString()) : {},
      headers: new Headers(headers),
    }
  }
}

export type Ask = ReturnType<typeof persistent>
type Answered = Awaited<ReturnType<Carrier>>

/** The same request may still be being carried out, which is said by 409 and when to come again. */
const isFinal = ({ status, headers }: Answered): boolean =>
  status < 500 &&
  status !== 429 &&
  !(status === 409 && headers.some(([name]) => name === 'retry-after'))

const ofConnection = /^(connection|keep-alive|transfer-encoding|date)$/

/** Without what a connection decides itself, and with a key for what writes. */
function headersOf({ method, headers }: Carried): [string, string][] {
  const kept = headers.filter(([name]) => name !== 'host')
  const isKeyed = method === 'GET' || kept.some(([name]) => name === 'idempotency-key')
  const more: [string, string][] = isKeyed ? [] : [['idempotency-key', randomUUID()]]
  return [...kept, ...more, ['accept-encoding', 'identity']]
}

async function once(
  origin: string,
  { method, url, headers, body }: Carried,
): Promise<Answered | undefined> {
  try {
    const answered = await fetch(origin + url, {
      method,
      headers,
      ...(body.length > 0 && { body: Buffer.from(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    })
    return {
      status: answered.status,
      headers: [...answered.headers].filter(([name]) => !ofConnection.test(name)),
      body: Buffer.from(await answered.arrayBuffer()),
    }
  } catch {
    return undefined
  }
}
