import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folders: string[] = []
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = new Promise((done) => child.once('close', done))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-engines-'))
  folders.push(folder)
  return folder
}

/** What the start script says until it serves, or until it ends. */
async function start(DATA_DIR: string, env: Record<string, string> = {}): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    cwd: root,
    env: { PATH, HOME, PORT: '0', DEMO: '0', DATA_DIR, ...env },
  })
  children.push(child)
  let output = ''
  return new Promise((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (/^ready /m.test(output)) done(output)
      })
    }
    child.once('close', () => done(output))
  })
}

/** A folder of programs that come before this machine's own. */
function programs(scripts: Record<string, string>): Record<string, string> {
  const folder = newFolder()
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return { PATH: folder + delimiter + process.env.PATH }
}

function engineOn(folder: string) {
  const lines = readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return line[0]?.endsWith('/dynoxide') && line.join(' ').includes(folder)
        ? [{ pid, line }]
        : []
    } catch {
      return []
    }
  })
  expect(lines.length).toBe(1)
  const [{ pid, line } = { pid: '', line: [] }] = lines
  return { pid, host: line[line.indexOf('--host') + 1] }
}

const network = (pid: string) => readlinkSync(`/proc/${pid}/ns/net`)
const hasNamespaces = ['-n', '-Urn'].some((way) => spawnSync('unshare', [way, 'true']).status === 0)

test.skipIf(!hasNamespaces)('runs the engine where nobody else reaches it', async () => {
  const folder = newFolder()
  expect(await start(folder)).toContain('for this server only')
  expect(network(engineOn(folder).pid)).not.toBe(network('self'))
})

test.skipIf(!hasNamespaces)('opens a network also where there is no `ip`', async () => {
  const folder = newFolder()
  expect(await start(folder, programs({ ip: 'exit 1' }))).toContain('for this server only')
})

test('runs the engine at an address that no page can guess, where there are no namespaces', async () => {
  const folder = newFolder()
  const output = await start(folder, programs({ unshare: 'exit 1' }))
  expect(output).toContain('other users of this machine can reach it')
  const { pid, host } = engineOn(folder)
  expect(network(pid)).toBe(network('self'))
  expect(host).toMatch(/^127\.(?!0\.0\.1$)\d+\.\d+\.\d+$/)
})

const program = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide')

test('runs on docker, and removes the container that a killed server left', async () => {
  const folder = newFolder()
  const said = join(newFolder(), 'said')
  const stand = `
echo "$@" >>${said}
[ "$1" = run ] || exit 0
while [ "$1" != --publish ]; do shift; done
port=\${2#*:}
exec ${program} --db-path ${folder}/db --host 127.0.0.1 --port "\${port%:8000}"`
  const output = await start(folder, { ...programs({ docker: stand }), DYNAMODB_ENGINE: 'docker' })
  expect(output).toMatch(/^ready /m)
  const [info, removed = '', run = ''] = readFileSync(said, 'utf8').split('\n')
  expect(info).toBe('info')
  expect(removed).toMatch(/^rm --force plenary-/)
  expect(run).toContain(`--name ${removed.split(' ')[2]} --publish 127.0.0.1:`)
  expect(run).toContain(`--volume ${folder}:/data`)
})

test('runs on java with the jar of DynamoDB Local', async () => {
  const folder = newFolder()
  const DYNAMODB_LOCAL_JAR = join(newFolder(), 'DynamoDBLocal.jar')
  writeFileSync(DYNAMODB_LOCAL_JAR, '')
  const stand = `
[ "$1" != -version ] || exit 0
while [ "$1" != -port ]; do shift; done
exec ${program} --db-path ${folder}/db --host 127.0.0.1 --port "$2"`
  const output = await start(folder, { ...programs({ java: stand }), DYNAMODB_LOCAL_JAR })
  expect(output).toMatch(/Store +DynamoDB Local/)
  expect(output).toMatch(/^ready /m)
  expect(readdirSync(folder)).toContain('shared-local-instance.db.filled')
})

test.each([
  [{ DYNAMODB_ENGINE: 'java' }, /^No DynamoDB to run on: .*\.\n$/],
  [{ DYNAMODB_ENGINE: 'oracle' }, /^DYNAMODB_ENGINE must be one of .*\.\n$/],
])('says in one sentence what can be chosen: %j', async (env, sentence) => {
  expect(await start(newFolder(), env)).toMatch(sentence)
})

test('does not begin with nothing in a folder that another engine filled', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'shared-local-instance.db.filled'), 'filled')
  expect(await start(folder)).toMatch(/^.* holds data of another engine .*DATA_DIR\.\n$/)
})
