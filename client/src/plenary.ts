import { type Client, createClient } from './generated/client/index.ts'
import { type Retries, retrying } from './retry.ts'

export type PlenaryOptions = Retries & {
  /** Where the API is: `https://…/api/v2`, or its host alone. */
  url: string
  token: string
  fetch?: typeof fetch
}

/** What every call of `api` takes as `client`. */
export type Plenary = Client

/** A connection: its calls carry the token, are repeated where that is safe, and throw what the API refuses. */
export function createPlenary({
  url,
  token,
  fetch = globalThis.fetch,
  ...retries
}: PlenaryOptions) {
  const client = createClient({
    baseUrl: /\/api\/v2\/?$/.test(url) ? url.replace(/\/$/, '') : new URL('/api/v2', url).href,
    fetch: retrying(fetch, retries),
    headers: { authorization: `Bearer ${token}` },
    throwOnError: true,
  })
  // Lists of ids go into one parameter with commas between them.
  client.setConfig({ querySerializer: { array: { explode: false, style: 'form' } } })
  return client
}
