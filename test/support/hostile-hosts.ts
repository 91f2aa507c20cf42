import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Conduct } from './picture-hosts.ts'

type Verdict = 'picture_url_refused' | 'picture_fetch_failed'
export type HostileHost = { path: string; verdict: Verdict; conduct: (socket: Socket) => void }

const answer = (head: string, body: string | Buffer = '') => {
  const bytes = Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`), Buffer.from(body)])
  return (socket: Socket) => socket.end(bytes)
}
const redirect = (location: string) => answer(`302 Found\r\nLocation: ${location}`)

/** Repeats a piece until the other side has had enough. */
const pouring =
  (head: string, piece: string | Buffer, everyMs = 0) =>
  (socket: Socket) => {
    socket.write(head)
    const timer = setInterval(() => socket.writableNeedDrain || socket.write(piece), everyMs)
    socket.on('close', () => clearInterval(timer))
  }

const megabyte = Buffer.alloc(1024 * 1024)
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
const chunk = Buffer.concat([Buffer.from('100000\r\n'), megabyte, Buffer.from('\r\n')])
const ok = 'HTTP/1.1 200 OK\r\n'

// Heads that never come, or that are none, are as good as no answer; an answer that cannot be used has failed.
const refused: Record<string, HostileHost['conduct']> = {
  'says nothing': () => {},
  'hangs up at once': (socket) => socket.destroy(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'drips its head': pouring(ok, 'X', 200),
  'sends a head without end': pouring(ok, `X-A: ${'a'.repeat(1000)}\r\n`),
  'greets like SSH': (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'greets like SMTP': (socket) => socket.end('220 mail.example ESMTP\r\n'),
  'answers like HTTP 0.9': (socket) => socket.end('<html></html>'),
  'says continue for ever': pouring('', 'HTTP/1.1 100 Continue\r\n\r\n', 50),
  'switches protocols': answer('101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x'),
  'sends two lengths': answer('200 OK\r\nContent-Length: 4\r\nContent-Length: 5', 'body'),
  'redirects into this machine': redirect('http://127.0.0.1/'),
  'redirects to the metadata address': redirect('http://169.254.169.254/latest/meta-data/'),
  'redirects to a file': redirect('file:///proc/self/environ'),
  'redirects to data': redirect('data:image/png;base64,iVBORw0KGgo='),
  'redirects to another port': redirect('http://photos.example:8080/photo.jpg'),
  'redirects with credentials': redirect('http://me:pw@photos.example/photo.jpg'),
  'redirects to nonsense': redirect('http://[::1'),
  'redirects to five thousand letters': redirect(`/${'a'.repeat(5_000)}`),
}

const failed: Record<string, HostileHost['conduct']> = {
  'is not found': answer('404 Not Found', 'no'),
  'is broken': answer('500 Internal Server Error'),
  'has no content': answer('204 No Content'),
  'sends a part': answer('206 Partial Content\r\nContent-Length: 4', 'part'),
  'redirects nowhere': answer('302 Found'),
  'redirects in a circle': redirect('/redirects in a circle'),
  'redirects four times': redirect('/hop/3'),
  'offers a choice': answer('300 Multiple Choices\r\nLocation: /photo.jpg'),
  'sends a gzip bomb': answer('200 OK\r\nContent-Encoding: gzip', bomb),
  'sends brotli': answer('200 OK\r\nContent-Encoding: br', 'x'),
  'names the identity encoding': answer('200 OK\r\nContent-Encoding: identity', 'x'),
  'promises more than it sends': answer('200 OK\r\nContent-Length: 1000', 'short'),
  'promises more than may be sent': pouring(`${ok}Content-Length: 99999999\r\n\r\n`, megabyte),
  'sends without end': pouring(`${ok}\r\n`, megabyte),
  'sends chunks without end': pouring(`${ok}Transfer-Encoding: chunked\r\n\r\n`, chunk),
  'breaks off inside a chunk': answer('200 OK\r\nTransfer-Encoding: chunked', 'ffff\r\nabc'),
  'sends chunks of no size': answer('200 OK\r\nTransfer-Encoding: chunked', 'zz\r\nabc\r\n'),
  'drips its body': pouring(`${ok}\r\n`, 'x', 200),
  'stops in its body': (socket) => socket.write(`${ok}Content-Length: 9\r\n\r\nabc`),
}

export const hostileHosts: HostileHost[] = [
  ...rows(refused, 'picture_url_refused'),
  ...rows(failed, 'picture_fetch_failed'),
]

function rows(conducts: Record<string, HostileHost['conduct']>, verdict: Verdict): HostileHost[] {
  return Object.entries(conducts).map(([path, conduct]) => ({ path, verdict, conduct }))
}

/** Serves `/photo.jpg` honestly, `/hop/n` as n redirects to it, `/to?url` as one, all else as the hostile of that name. */
export function serving(photo: Buffer): Conduct {
  return (socket, path) => {
    const hostile = hostileHosts.find((each) => `/${each.path}` === decodeURI(path))
    const hops = Number(/^\/hop\/(\d)$/.exec(path)?.[1] ?? 0)
    const target = /^\/to\?(.*)$/.exec(path)?.[1]
    if (hostile) hostile.conduct(socket)
    else if (hops > 0) redirect(hops === 1 ? '/photo.jpg' : `/hop/${hops - 1}`)(socket)
    else if (target !== undefined) redirect(decodeURIComponent(target))(socket)
    else answer(`200 OK\r\nContent-Length: ${photo.length}`, photo)(socket)
  }
}
