import { operatorError } from './sentence.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of any route
export type Answer = { status: number; headers: Headers; body: any }
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Headers_,
) => Promise<Answer>
type Headers_ = Record<string, string>

/** Asks a deployed API, a JSON body or bytes; a 429 or 503 is asked again as told, five times at most. */
export function clientOf(url: string, token: string): Ask {
  const base = url.replace(/\/+$/, '')
  return async (method, path, body, headers = {}) => {
    const isBytes = body instanceof Uint8Array
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(base + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && !isBytes && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      }).catch((error) => {
        throw operatorError(`${base} was not reached: ${error.cause?.message ?? error.message}.`)
      })
      const text = await response.text()
      const isBusy = [429, 503].includes(response.status) && attempt < 5
      if (!isBusy) return { status: response.status, headers: response.headers, body: parsed(text) }
      await wait(Number(response.headers.get('retry-after') ?? 1) * 1_000)
    }
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
