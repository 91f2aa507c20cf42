import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folders: string[] = []
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-start-'))
  folders.push(folder)
  return folder
}

type Run = { child: ChildProcess; output(): string; ended: Promise<number | null> }

/** The start script itself, with nothing of this process's environment but the way to programs. */
function run(
  env: Record<string, string>,
  command = [process.execPath, 'infra/local/start.ts'],
): Run {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', DEMO: '0', ...env },
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = new Promise<number | null>((done) => child.on('close', done))
  return { child, output: () => output, ended }
}

async function ready({ output, ended }: Run): Promise<string> {
  let over = false
  void ended.then(() => {
    over = true
  })
  for (;;) {
    const url = /^ready (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output())?.[1]
    if (url) return url
    if (over) throw new Error(`did not start: ${output()}`)
    await new Promise((next) => setTimeout(next, 20))
  }
}

const tokenIn = ({ output }: Run) => /Token\s+(\S+)/.exec(output())?.[1] ?? ''

const api = (url: string, path: string, token: string, init: RequestInit = {}) =>
  fetch(`${url}/api/v2${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

async function createEvent(url: string, token: string, name = 'Congress'): Promise<string> {
  const body = JSON.stringify({
    name,
    event_dates: {
      start_date: '2027-05-01',
      end_date: '2027-05-03',
      time_zone_tz: 'Europe/Berlin',
    },
  })
  const answer = await api(url, '/events', token, { method: 'POST', body })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return ((await answer.json()) as { id: string }).id
}

/** Process ids of engines that hold a file of this folder. */
function enginesOn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    } catch {
      return false
    }
  })
}

async function untilNoEngineOn(folder: string): Promise<void> {
  while (enginesOn(folder).length > 0) await new Promise((next) => setTimeout(next, 10))
}

test('keeps everything over a restart: token, events, files', async () => {
  const DATA_DIR = newFolder()
  const first = run({ DATA_DIR })
  const url = await ready(first)
  const token = tokenIn(first)
  expect(token).toMatch(/^plk_[a-z2-7]{26}_[a-z2-7]{32}$/)
  expect(statSync(join(DATA_DIR, 'token')).mode & 0o777).toBe(0o600)
  const event = await createEvent(url, token)
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  await untilNoEngineOn(DATA_DIR)

  const second = run({ DATA_DIR })
  const again = await ready(second)
  expect(tokenIn(second)).toBe(token)
  expect((await api(again, `/events/${event}`, token)).status).toBe(200)
})

test('starts after kill -9 with every acknowledged write', async () => {
  const DATA_DIR = newFolder()
  const first = run({ DATA_DIR })
  const url = await ready(first)
  const token = tokenIn(first)
  const events = await Promise.all(
    [...Array(5).keys()].map((n) => createEvent(url, token, `Congress ${n}`)),
  )
  expect(enginesOn(DATA_DIR)).not.toEqual([])
  first.child.kill('SIGKILL')
  await first.ended

  const second = run({ DATA_DIR })
  const again = await ready(second)
  for (const event of events) {
    expect((await api(again, `/events/${event}`, token)).status).toBe(200)
  }
  second.child.kill('SIGKILL')
  await second.ended
  await untilNoEngineOn(DATA_DIR)
})

test('ends cleanly when npm is told to end', async () => {
  const DATA_DIR = newFolder()
  const npm = run({ DATA_DIR }, ['npm', 'start'])
  const url = await ready(npm)
  npm.child.kill('SIGTERM')
  await npm.ended
  await expect(fetch(url)).rejects.toThrow()
  await untilNoEngineOn(DATA_DIR)
  expect(readdirSync(DATA_DIR)).not.toContain('server.lock')
})

test('starts again at once after kill -9 of npm itself', async () => {
  const DATA_DIR = newFolder()
  const npm = run({ DATA_DIR }, ['npm', 'start'])
  const url = await ready(npm)
  const port = new URL(url).port
  npm.child.kill('SIGKILL')
  const second = run({ DATA_DIR, PORT: port })
  expect(await ready(second)).toBe(url)
})

test('takes tokens of the operator, each with an organisation of its own', async () => {
  const tokens = ['a', 'b'].map((sign) => sign.repeat(32))
  const server = run({ DATA_DIR: newFolder(), PLENARY_TOKEN: tokens.join(', ') })
  const url = await ready(server)
  const organisations = new Set<string>()
  for (const token of tokens) {
    expect(server.output()).toContain(token)
    const me = (await (await api(url, '/me', token)).json()) as { organisation: string }
    organisations.add(me.organisation)
  }
  expect(organisations.size).toBe(2)
})

test('prints a line per request that holds no secret', async () => {
  const DATA_DIR = newFolder()
  const server = run({ DATA_DIR })
  const url = await ready(server)
  const token = tokenIn(server)
  await api(url, `/me?token=${token}`, token)
  await api(url, '/me', token)
  const lines = server
    .output()
    .split('\n')
    .slice(server.output().split('\n').indexOf(`ready ${url}`) + 1)
  expect(lines.join('\n')).toMatch(/GET\s+\/api\/v2\/me 400 [\d.]+ ms/)
  expect(lines.join('\n')).not.toContain(token)
  server.child.kill('SIGTERM')
  await server.ended
  const log = readFileSync(join(DATA_DIR, 'requests.log'), 'utf8')
  expect(log.trim().split('\n').length).toBeGreaterThanOrEqual(2)
  expect(log).not.toContain(token)
})

test('says in one sentence that the port is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => holder.once('listening', done))
  const address = holder.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const server = run({ DATA_DIR: newFolder(), PORT: String(port) })
  expect(await server.ended).toBe(1)
  holder.close()
  expect(server.output().trim()).toBe(
    `Port ${port} on 127.0.0.1 is taken or not allowed: choose another one, for example PORT=${port + 1} npm start.`,
  )
})

test('does not share a folder with a living server', async () => {
  const DATA_DIR = newFolder()
  const first = run({ DATA_DIR })
  const url = await ready(first)
  const second = run({ DATA_DIR })
  expect(await second.ended).toBe(1)
  expect(second.output()).toMatch(/^Another server \(process \d+\) uses .*DATA_DIR\.\n$/)
  expect((await fetch(`${url}/api/v2/me`)).status).toBe(401)
})

test.each([
  ['PORT', '80a'],
  ['PORT', '70000'],
  ['DEMO', 'no'],
  ['PLENARY_TOKEN', 'short'],
  ['PLENARY_TOKEN', `${'a'.repeat(32)},${'b'.repeat(31)}-`],
])('refuses %s=%s in one sentence', async (name, value) => {
  const server = run({ DATA_DIR: newFolder(), [name]: value })
  expect(await server.ended).toBe(1)
  expect(server.output()).toMatch(new RegExp(`^${name} must be .*\\.\\n$`))
})

test.each(['a file', 'a folder below a file'])(
  'says in one sentence that it cannot use %s',
  async (what) => {
    const file = join(newFolder(), 'taken')
    writeFileSync(file, '')
    const server = run({ DATA_DIR: what === 'a file' ? file : join(file, 'data') })
    expect(await server.ended).toBe(1)
    expect(server.output()).toMatch(/^.*taken.* cannot hold data \(E[A-Z]+\): .* DATA_DIR\.\n$/)
  },
)

test('uses the DynamoDB that it is given, or says that none answers there', async () => {
  const DYNAMODB_ENDPOINT = process.env.DYNAMODB_ENDPOINT ?? ''
  const DATA_DIR = newFolder()
  const server = run({ DATA_DIR, DYNAMODB_ENDPOINT })
  await ready(server)
  expect(readdirSync(DATA_DIR)).not.toContain('plenary.db')
  const lost = run({ DATA_DIR: newFolder(), DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' })
  expect(await lost.ended).toBe(1)
  expect(lost.output()).toBe('No DynamoDB answers at http://127.0.0.1:9.\n')
})

test('accepts no token whose row it has not written, and those of a folder made earlier', async () => {
  const DATA_DIR = newFolder()
  const first = run({ DATA_DIR })
  const url = await ready(first)
  const token = tokenIn(first)
  const attendee = await made(url, token)
  const stop = async (server: Run) => {
    server.child.kill('SIGTERM')
    await server.ended
    await untilNoEngineOn(DATA_DIR)
  }
  await stop(first)

  forget(DATA_DIR, attendee)
  const second = run({ DATA_DIR })
  const again = await ready(second)
  expect((await api(again, '/me', attendee)).status).toBe(401)
  expect((await api(again, '/me', token)).status).toBe(200)
  await stop(second)

  // As a version without the key has left it.
  rmSync(join(DATA_DIR, 'token-key'))
  const third = run({ DATA_DIR })
  const now = await ready(third)
  expect((await api(now, '/me', attendee)).status).toBe(200)
  expect((await api(now, '/me', token)).status).toBe(200)
})

async function made(url: string, token: string): Promise<string> {
  const body = JSON.stringify({ role: 'super_admin', name: 'Second' })
  const answer = await api(url, '/tokens', token, { method: 'POST', body })
  return ((await answer.json()) as { token: string }).token
}

/** Takes the mark off a token's row, past the server. */
function forget(folder: string, token: string): void {
  const pk = `K#${createHash('sha256').update(token).digest('hex')}`
  const database = new DatabaseSync(join(folder, 'plenary.db'))
  const row = database.prepare('SELECT pk, item_json FROM plenary WHERE instr(pk, ?)').get(pk)
  const { mac: _mac, ...item } = JSON.parse(String(row?.item_json))
  database
    .prepare('UPDATE plenary SET item_json = ? WHERE pk = ?')
    .run(JSON.stringify(item), String(row?.pk))
  database.close()
}
