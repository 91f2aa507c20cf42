import { createServer, type IncomingMessage, type RequestListener } from 'node:http'

export type Loopback = { endpoint: string; port: number; stop(): Promise<void> }

/** A server on loopback, for what stands in for somebody else's. */
export async function onLoopback(answer: RequestListener): Promise<Loopback> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It keeps no process alive whose work is done.
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint: `http://127.0.0.1:${port}`, port, stop }
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
