import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = resolve(import.meta.dirname, '../..')

/** A port on which nobody listens at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}

/** `npm start` on one folder, which can be killed and started again under the same address; `more` goes into its environment. */
export function restartable(folder: string, token: string, port: number, more = {}) {
  let child: ChildProcess | undefined
  let output = ''
  const start = async (): Promise<void> => {
    output = ''
    const env = { PORT: String(port), DATA_DIR: folder, DEMO: '0', PLENARY_TOKEN: token, ...more }
    child = spawn(process.execPath, ['infra/local/start.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
      })
    }
    while (!/^ready /m.test(output)) {
      if (child.exitCode !== null) throw new Error(`did not start: ${output}`)
      await sleep(20)
    }
  }
  /** Kills the server, or its engine alone, which ends the server; returns when nothing holds the folder. */
  const kill = async (what: 'server' | 'engine'): Promise<void> => {
    const ended = new Promise((done) => child?.once('exit', done))
    if (what === 'engine') for (const pid of enginesOn(folder)) process.kill(pid, 'SIGKILL')
    else child?.kill('SIGKILL')
    await ended
    for (const late = Date.now() + 20_000; enginesOn(folder).length > 0; await sleep(10))
      if (Date.now() > late) throw new Error('an engine outlives its server')
  }
  return { start, kill, output: () => output }
}

/** Process ids of engines that hold a file of this folder. */
function enginesOn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(`${folder}/plenary.db`))
    .map(Number)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
