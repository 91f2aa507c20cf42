import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, restartable } from '#test/support/server.ts'
import { restartableEngine } from './engine.ts'
import { faultyWay } from './proxy.ts'

const env = {
  WEBHOOKS_TO_LOOPBACK: '1',
  ATTENDEE_REQUESTS: '100000',
  TOKEN_REQUESTS: '100000',
  SCANNER_REQUESTS: '100000',
}

/** A server that is left in peace, on an engine of its own. */
export async function calmServer(folder: string, tokens: string[]) {
  const port = await freePort()
  const server = restartable(folder, tokens.join(), port, env)
  await server.start()
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.kill('server') }
}

/**
 * A server whose way to its engine is faulty, and followers of the stream beside its own: each of the server, the
 * followers and the engine can be killed by itself.
 */
export async function mortalServer(
  folder: string,
  { tokens, ...faults }: { tokens: string[]; seed: number; share: number },
) {
  // A server that is killed waits for no engine but its own.
  for (const name of ['engine', 'followers']) mkdirSync(join(folder, name), { recursive: true })
  const engine = await restartableEngine(join(folder, 'engine'))
  const way = await faultyWay(engine.port, faults)
  const port = await freePort()
  const behind = { ...env, DYNAMODB_ENDPOINT: way.endpoint }
  const server = restartable(join(folder, 'server'), tokens.join(), port, behind)
  await server.start()
  const followers = restartableFollowers(join(folder, 'followers'), behind)
  followers.start()
  const kill = async (what: Mortal[]) => {
    if (what.includes('engine')) await engine.kill()
    if (what.includes('followers')) await followers.kill()
    if (what.includes('server')) await server.kill('server')
    if (what.includes('engine')) await engine.start()
    if (what.includes('server')) await server.start()
    if (what.includes('followers')) followers.start()
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    engine,
    way,
    kill,
    end: async () => {
      await followers.kill()
      await server.kill('server')
    },
    stop: async () => {
      await way.stop()
      await engine.kill()
    },
    pictures: join(folder, 'server'),
  }
}

export type Mortal = 'server' | 'followers' | 'engine'

/** What is killed, one after the other. */
export const fates: Mortal[][] = [
  ['server'],
  ['engine'],
  ['followers'],
  ['server', 'engine'],
  ['server', 'followers'],
  ['followers', 'engine'],
]

function restartableFollowers(folder: string, more: NodeJS.ProcessEnv) {
  let child: ChildProcess | undefined
  const start = () => {
    child = spawn(process.execPath, [new URL('./followers.ts', import.meta.url).pathname, folder], {
      env: { PATH: process.env.PATH, TABLE_NAME: 'plenary', ...more },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((done) => child?.once('exit', done))
    child.kill('SIGKILL')
    await ended
  }
  return { start, kill }
}
