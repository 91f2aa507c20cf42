import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'

export type Sealed = { agent: Agent; ended: Promise<string>; stop(): Promise<void> }

/** What the process inside tells the one outside; with `socket` comes the socket, unless it could not be opened. */
export type Told = { ready: true } | { ended: string } | { socket: number }

/** The engine's port in its own network. */
export const sealedPort = 8_000

/**
 * Runs an engine in a network namespace of its own, where no web page and no other user can reach it, whatever
 * signature or origin it would take. A process beside it opens connections and hands them over, so that each costs
 * what it costs without. undefined where the system has no namespaces for us.
 */
export async function startSealed(line: string[], says?: string): Promise<Sealed | undefined> {
  for (const way of waysIn()) {
    const inside = spawnInside([
      ...way,
      ...intoShell,
      process.execPath,
      script,
      says ?? '',
      ...line,
    ])
    if (await isReady(inside)) return sealed(inside)
    inside.kill('SIGKILL')
  }
  return undefined
}

const script = join(import.meta.dirname, 'sealed-inside.ts')

/** As root without a namespace of users, in which root could not write what belongs to others. */
function waysIn(): string[][] {
  if (process.platform !== 'linux') return []
  const ofUser = ['unshare', '--user', '--map-root-user', '--net', '--']
  return process.getuid?.() === 0 ? [['unshare', '--net', '--'], ofUser] : [ofUser]
}

/** A new network has its loopback down. Small systems have no `ip`, but perl. */
const UP = `
(ip link set lo up || perl -MSocket -e 'socket(S, AF_INET, SOCK_DGRAM, 0) or exit 1;
  $up = pack("a16 s x22", "lo", 0x41); ioctl(S, 0x8914, $up) or exit 1') 2>/dev/null || exit 1
exec "$@"`
const intoShell = ['sh', '-c', UP, 'sealed']

function spawnInside([command = '', ...args]: string[]): ChildProcess {
  return spawn(command, args, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

async function isReady(inside: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    inside.once('message', (told: Told) => resolve('ready' in told))
    inside.once('error', () => resolve(false))
    inside.once('exit', () => resolve(false))
  })
}

function sealed(inside: ChildProcess): Sealed {
  const waiting = new Map<number, (error: Error | null, socket?: Socket) => void>()
  let [asked, output, stopping] = [0, '', false]
  inside.on('message', (told: Told, socket?: Socket) => {
    if ('ended' in told) output = told.ended
    if (!('socket' in told)) return
    settle(told.socket, socket)
  })
  const settle = (n: number, socket?: Socket) => {
    const done = waiting.get(n)
    waiting.delete(n)
    if (waiting.size === 0) inside.channel?.unref()
    if (socket) done?.(null, socket.setNoDelay(true))
    else
      done?.(Object.assign(new Error('the engine takes no connection'), { code: 'ECONNREFUSED' }))
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  agent.createConnection = (_options, done) => {
    asked += 1
    waiting.set(asked, done as NonNullable<ReturnType<typeof waiting.get>>)
    inside.channel?.ref()
    const n = asked
    inside.send({ socket: n }, (error) => error && settle(n))
    return undefined
  }
  const exit = once(inside, 'exit')
  // Whoever still waits for a connection would wait for ever, and the server's end for them.
  exit.then(() => {
    for (const n of waiting.keys()) settle(n)
  })
  const ended = new Promise<string>((resolve) => {
    exit.then(() => stopping || resolve(output))
  })
  // Whoever is otherwise done need not wait for the engine.
  inside.unref()
  inside.channel?.unref()
  const stop = async () => {
    stopping = true
    agent.destroy()
    if (inside.exitCode !== null || inside.signalCode !== null) return
    inside.ref()
    inside.disconnect()
    await exit
  }
  return { agent, ended, stop }
}
