export type Answer = Record<string, unknown>
export type Ask = (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>
export type DemoEvent = { ask: Ask; path: string; id: string }

/** A caller of the API under /api/v2; an answer that is no success ends the seeding with its text. */
export function asking(url: string, ownToken: string): Ask {
  return async (method, path, body, token = ownToken) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` }
    if (body !== undefined) headers['content-type'] = typeOf(body)
    const response = await fetch(`${url}/api/v2${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: bytesOf(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`demo: ${method} ${path} answered ${response.status} ${text}`)
    return (text ? JSON.parse(text) : {}) as Answer
  }
}

const typeOf = (body: unknown) => (body instanceof Uint8Array ? 'image/jpeg' : 'application/json')
const bytesOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body)

/** Draws from a list in a fixed order that looks like none. */
export const pick = <T>(list: readonly T[], n: number, step = 7): T => {
  const one = list[(n * step + Math.floor(n / list.length)) % list.length]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}
