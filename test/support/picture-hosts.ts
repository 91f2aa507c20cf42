import { createServer, type Server, Socket, connect as tcp } from 'node:net'
import type { Connect, Lookup } from '#lib/base/images/fetch.ts'

/** What a picture host does with a connection: everything it sends is up to it. */
export type Conduct = (socket: Socket, path: string) => void
export type Hosts = {
  /** Knows `photos.example` and the names given; a list is answered element by element, the last for good. */
  lookup: Lookup
  connect: Connect
  /** Connections that reached anything but the picture host. */
  canary: () => number
  /** Sockets that have not been closed. */
  open: () => number
  close: () => Promise<void>
}

export const publicAddress = '93.184.216.34'
/** Nobody listens there. */
export const closedAddress = '93.184.216.35'
/** Packets sent there are lost. */
export const lostAddress = '93.184.216.36'

/**
 * A picture host on loopback that can be reached by its public address through the connector alone, and a canary
 * that is reached by every other address.
 */
export async function pictureHosts(
  conduct: Conduct,
  names: Record<string, string[][]> = {},
): Promise<Hosts> {
  const host = await listen((socket) => {
    socket.once('data', (head) => conduct(socket, /^\S+ (\S+)/.exec(String(head))?.[1] ?? ''))
  })
  let sung = 0
  const canary = await listen((socket) => {
    sung++
    socket.destroy()
  })
  const dialled: Socket[] = []
  const asked = new Map<string, number>()
  return {
    lookup: async (name) => {
      const answers = name === 'photos.example' ? [[publicAddress]] : (names[name] ?? [])
      const turn = asked.get(name) ?? 0
      asked.set(name, turn + 1)
      return answers[Math.min(turn, answers.length - 1)] ?? []
    },
    connect: (address) => {
      const socket = dial(address, host, canary)
      dialled.push(socket)
      return socket
    },
    canary: () => sung,
    open: () => dialled.filter((socket) => !socket.destroyed).length,
    close: async () => {
      await Promise.all([host, canary].map((server) => new Promise((done) => server.close(done))))
    },
  }
}

function dial(address: string, host: Server, canary: Server): Socket {
  if (address === lostAddress) return new Socket()
  if (address === closedAddress) return tcp(1, '127.0.0.1')
  return tcp(portOf(address === publicAddress ? host : canary), '127.0.0.1')
}

async function listen(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return address && typeof address === 'object' ? address.port : 0
}
