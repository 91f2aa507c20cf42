import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EventClient, freshEvent, makeGroup, runAllJobs } from '#test/support/factories.ts'
import { lateBatch } from '#test/support/late.ts'
import { allRowsMentioning } from '#test/support/scan.ts'
import '#functions/exporter.ts'
import { served } from '#test/support/served.ts'

let url = ''
let stop = async () => {}
beforeAll(async () => {
  ;({ url, stop } = await served())
})
afterAll(() => stop())

const folder = mkdtempSync(join(tmpdir(), 'plenary-import-'))

function start({ token }: EventClient, args: string[]): ChildProcess {
  const env = { PATH: process.env.PATH, PLENARY_URL: url, PLENARY_TOKEN: token }
  return spawn(process.execPath, ['client/src/cli.ts', ...args], { env })
}

async function plenary(at: EventClient, ...args: string[]) {
  const child = start(at, args)
  let [out, err] = ['', '']
  child.stdout?.on('data', (part) => {
    out += part
  })
  child.stderr?.on('data', (part) => {
    err += part
  })
  const code = await new Promise((ended) => child.once('close', ended))
  return { code, out, err }
}

const importing = (at: EventClient, file: string, ...more: string[]) =>
  plenary(at, 'import', file, '--event', at.id, ...more)

test('imports what a spreadsheet has saved; what is refused is mended and imported again', async () => {
  const at = await freshEvent()
  const file = join(folder, 'people.csv')
  writeFileSync(
    file,
    '\ufeffexternal_ids.crm;profile.first_name;profile.email_address\r\n1;Jürgen;j@example.com\r\n2;"Ada\r\nAugusta";nobody\r\n',
  )
  const tried = await importing(at, file, '--dry-run')
  expect(tried.out).toContain('would be created 1, updated 0, unchanged 0, refused 1')
  expect((await at.ask('GET', '/people')).body.people_number).toBe(0)
  const { code, out } = await importing(at, file)
  expect(code).toBe(2)
  const refused = join(folder, 'people.refused.csv')
  expect(out).toContain(`created 1, updated 0, unchanged 0, refused 1: ${refused}`)
  writeFileSync(refused, readFileSync(refused, 'utf8').replace('nobody', 'a@example.com'))
  expect((await importing(at, refused)).out).toContain('created 1')
  const exported = await plenary(at, 'export', 'people', '--event', at.id)
  expect(exported.out).toContain('Jürgen')
  const other = await freshEvent()
  const copy = join(folder, 'copy.csv')
  writeFileSync(copy, exported.out)
  expect((await importing(other, copy)).out).toContain(
    'created 2, updated 0, unchanged 0, refused 0',
  )
})

test('goes on where it was killed, and has everybody once', async () => {
  const at = await freshEvent()
  const file = join(folder, 'many.csv')
  const rows = [...Array(6000).keys()].map((n) => `Guest,No ${n},g${n}@example.com`)
  writeFileSync(
    file,
    ['profile.first_name,profile.last_name,profile.email_address', ...rows].join('\n'),
  )
  const first = start(at, ['import', file, '--event', at.id])
  const progress = `${file}.progress`
  while (!existsSync(progress) || !/"rows":[1-9]/.test(readFileSync(progress, 'utf8')))
    await new Promise((resolve) => setTimeout(resolve, 5))
  first.kill('SIGKILL')
  await new Promise((ended) => first.once('close', ended))
  const { code, out } = await importing(at, file)
  expect(code, out).toBe(0)
  expect(out).toContain('refused 0')
  expect((await at.ask('GET', '/people')).body.people_number).toBe(6000)
  expect(existsSync(progress)).toBe(false)
})

test.each([
  [
    'a file that is not there',
    ['import', '/nowhere.csv', '--event', 'x'],
    'There is no such file.\n',
  ],
  ['an unknown event', ['export', 'people', '--event', 'x'], '4040001: No such event.\n'],
  ['no command', ['fly'], /^plenary login/],
])('says in one sentence: %s', async (_what, args, sentence) => {
  const { code, err } = await plenary(await freshEvent(), ...args)
  expect(code).toBe(1)
  expect(err).toMatch(sentence)
})

test('waits for the report of a batch that goes on behind its answer', async () => {
  const at = await freshEvent()
  await makeGroup(at, 'Press')
  const file = join(folder, 'late.ndjson')
  const rows = [...Array(30).keys()].map((n) => ({
    profile: { first_name: 'Ada', email_address: `p${n}@example.com` },
    assign_groups: ['Press'],
  }))
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'))
  const sweeping = setInterval(() => void runAllJobs(), 200)
  const { out, err } = await lateBatch(4, () => importing(at, file))
  clearInterval(sweeping)
  expect(out, err).toContain('created 30, updated 0, unchanged 0, refused 0')
  expect(await allRowsMentioning(`${at.id}#BT`)).toHaveLength(1)
  expect((await at.ask('GET', '/people')).body.people_number).toBe(30)
})
