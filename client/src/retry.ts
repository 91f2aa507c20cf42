import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export type Retries = {
  /** How often a request is sent at most. */
  tries?: number
  /** The longest wait between two tries, in milliseconds. */
  mostMs?: number
}

const transient = new Set([429, 502, 503, 504])

/**
 * A `fetch` that sends a request again when nobody answered, or somebody said to come back later, after as long as
 * `Retry-After` says. Writes carry an `Idempotency-Key`: sent again, they are done once.
 */
export function retrying(fetch: typeof globalThis.fetch, retries: Retries = {}): typeof fetch {
  const { tries = 6, mostMs = 20_000 } = retries
  return async (input, init) => {
    const request = new Request(input, init)
    const isRead = /^(GET|HEAD)$/.test(request.method)
    if (!isRead && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', randomUUID())
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(request.clone()).catch((error: unknown) => error as Error)
      const isLast = attempt >= tries || request.signal.aborted
      if (answer instanceof Response) {
        if (isLast || !(await isWorthAnother(answer))) return answer
      } else if (isLast) throw answer
      await sleep(waitOf(answer, attempt, mostMs))
    }
  }
}

/** Says to come back later; 409 only where the same request is still under way. */
async function isWorthAnother(answer: Response): Promise<boolean> {
  if (transient.has(answer.status)) return true
  return answer.status === 409 && answer.headers.has('retry-after')
}

/** As long as the server says, else twice as long as before; by chance a little less or more. */
function waitOf(answer: Response | Error, attempt: number, mostMs: number): number {
  const said = answer instanceof Response ? Number(answer.headers.get('retry-after')) * 1_000 : 0
  const ms = said > 0 ? said : 250 * 2 ** (attempt - 1)
  return Math.min(mostMs, ms * (0.75 + Math.random() / 2))
}
