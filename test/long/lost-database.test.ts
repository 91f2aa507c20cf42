import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const children: ChildProcess[] = []
const folders: string[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Starts a server on a folder; gives what it printed once it was ready or had ended, and a way to end it. */
async function start(DATA_DIR: string) {
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DEMO: '0', DATA_DIR },
  })
  children.push(child)
  let output = ''
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const ready = new Promise<'ready'>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (/^ready /m.test(output)) done('ready')
      })
    }
  })
  const state = await Promise.race([ready, ended])
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { state, output, stop }
}

/** A folder in which a server has run. */
async function usedFolder(): Promise<{ folder: string; database: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-lost-'))
  folders.push(folder)
  const first = await start(folder)
  expect(first.state, first.output).toBe('ready')
  await first.stop()
  return { folder, database: join(folder, 'plenary.db') }
}

test('does not start when the database is gone, and says what to do', async () => {
  const { folder, database } = await usedFolder()
  for (const file of readdirSync(folder).filter((name) => /^plenary\.db(-wal|-shm)?$/.test(name))) {
    rmSync(join(folder, file))
  }
  const second = await start(folder)
  expect(second.state).toBe(1)
  expect(second.output).toBe(
    `${database} is missing or empty though it has held data: put it back from a backup, or delete ${database}.filled to start with nothing.\n`,
  )
  expect(existsSync(database)).toBe(false)
})

test('does not start on an emptied database', async () => {
  const { folder, database } = await usedFolder()
  truncateSync(database)
  const second = await start(folder)
  expect(second.state).toBe(1)
  expect(second.output).toContain(`${database} is missing or empty`)
})

test('starts anew where somebody has said so', async () => {
  const { folder, database } = await usedFolder()
  rmSync(database)
  rmSync(`${database}.filled`)
  const second = await start(folder)
  expect(second.state, second.output).toBe('ready')
  await second.stop()
})

test('starts on a database of the version before, which left no mark', async () => {
  const { folder, database } = await usedFolder()
  rmSync(`${database}.filled`)
  const second = await start(folder)
  expect(second.state, second.output).toBe('ready')
  expect(existsSync(`${database}.filled`)).toBe(true)
  await second.stop()
})
