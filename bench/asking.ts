import { Agent, request } from 'node:http'

// A client in a process of its own, one request after the other on one connection: what it takes is not the server's.
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

type Asked = { method: string; url: string; token: string; bodies: unknown[]; count: number }

process.on('message', async ({ count, bodies, ...asked }: Asked) => {
  try {
    for (let n = 0; n < count; n += 1) await ask({ ...asked, body: bodies[n % bodies.length] })
    process.send?.({})
  } catch (error) {
    process.send?.({ error: String(error) })
  }
})

type One = { method: string; url: string; token: string; body: unknown }

function ask({ method, url, token, body }: One): Promise<void> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = {
    authorization: `Bearer ${token}`,
    ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      const { statusCode = 0 } = answer
      answer.resume().on('end', () => (statusCode < 300 ? resolve() : reject(statusCode)))
    })
    sent.on('error', reject).end(text)
  })
}
