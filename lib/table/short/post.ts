import http, { type IncomingHttpHeaders } from 'node:http'
import https from 'node:https'

export type Reply = { statusCode: number; headers: IncomingHttpHeaders; body: Buffer }
export type Line = { url: URL; agent: http.Agent; connectMs: number; silentMs: number }

/** One request and its whole answer; head and body leave in one write. */
export function post(
  { url, agent, connectMs, silentMs }: Line,
  headers: Record<string, string>,
  body: string,
  signal?: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { request: ask } = url.protocol === 'https:' ? https : http
    const options = { agent, method: 'POST', headers, timeout: silentMs, ...(signal && { signal }) }
    const request = ask(url, options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          statusCode: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      )
    })
    const late = () =>
      request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }))
    request.on('socket', (socket) => {
      if (!socket.connecting) return
      const timer = setTimeout(late, connectMs)
      for (const end of ['connect', 'close']) socket.once(end, () => clearTimeout(timer))
    })
    request.on('timeout', late)
    request.on('error', reject)
    request.end(body)
  })
}
