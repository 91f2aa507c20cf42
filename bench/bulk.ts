import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freshEvent } from '#test/support/factories.ts'
import { freePort, restartable } from '#test/support/server.ts'
import type { Measure } from './all.ts'
import { costOf } from './store-calls.ts'

/** Files of rows, and a server of `npm start` to bring them into. */
type Place = { url: string; token: string; folder: string; file: File }
type File = (name: string, lines: string[]) => string
type Run = { out: string; seconds: number; megabytes: number }
// biome-ignore lint/suspicious/noExplicitAny: answers are read freely
type Json = any

/**
 * A file of people (10,000; `BULK` names another number) brought into `npm start` by the command line: how long, what it
 * costs, and what the command holds in memory; once more; with broken rows; by two at once; and what finding costs then.
 */
export async function bulkBench(count = Number(process.env.BULK ?? 10_000)): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-bulk-'))
  const [token, port] = [`bulk_${randomBytes(20).toString('hex')}`, await freePort()]
  const server = restartable(join(folder, 'data'), token, port)
  await server.start()
  const file: File = (name, lines) => {
    const path = join(folder, name)
    writeFileSync(path, `${[header, ...lines].join('\r\n')}\r\n`)
    return path
  }
  const place = { url: `http://127.0.0.1:${port}`, token, folder, file }
  try {
    return [...(await unitsEach()), ...(await measuresAt(place, count))]
  } finally {
    await server.kill('server')
    rmSync(folder, { recursive: true })
  }
}

async function measuresAt(place: Place, count: number): Promise<Measure[]> {
  const event = await newEvent(place)
  const whole = place.file('whole.csv', linesOf(count))
  const few = await imported(place, await newEvent(place), place.file('few.csv', linesOf(5_000)))
  const first = await imported(place, event, whole)
  const again = await imported(place, event, whole)
  const broken = await withBroken(place, Math.min(count, 10_000))
  const twice = await overlapping(place)
  const finding = await findingCost(place, event, count)
  const of = `${count.toLocaleString('en')} people`
  return [
    {
      name: `${of} by the command line`,
      value: first.seconds / (count / 10_000),
      limit: 15,
      unit: 's per 10,000',
    },
    { name: `${of}: not made`, value: count - numberIn(first.out, 'created'), limit: 0, unit: '' },
    {
      name: `${of}: memory of the command against that for 5,000`,
      value: first.megabytes / few.megabytes,
      limit: 1.5,
      unit: '×',
    },
    {
      name: 'the same file again: not unchanged',
      value: count - numberIn(again.out, 'unchanged'),
      limit: 0,
      unit: 'rows',
    },
    { name: '100 broken rows: told wrongly, tried or done', value: broken, limit: 0, unit: 'rows' },
    {
      name: 'two overlapping files at once: people too few or many, or refused',
      value: twice,
      limit: 0,
      unit: '',
    },
    ...finding,
  ]
}

/** What a thousand new people cost, with one thing that nobody else may have and with two; and sent again. */
async function unitsEach(): Promise<Measure[]> {
  const at = await freshEvent()
  const rows = (from: number, isKnown: boolean) =>
    [...Array(1_000).keys()].map((n) => ({
      ...(isKnown && { external_ids: [{ id_system: 'crm', id: `${from + n}` }] }),
      profile: { first_name: 'Guest', last_name: 'No', email_address: `g${from + n}@example.com` },
    }))
  const written = async (sent: object[]): Promise<number> => {
    const { written: units } = await costOf(() =>
      at.ask('POST', '/people/resources/batch', { rows: sent }),
    )
    return units / sent.length
  }
  await written(rows(0, true).slice(0, 1))
  const unit = 'units each'
  return [
    {
      name: 'new people with an e-mail address: written',
      value: await written(rows(1_000, false)),
      limit: 4.2,
      unit,
    },
    {
      name: 'with an id of another system too: written',
      value: await written(rows(2_000, true)),
      limit: 6.2,
      unit,
    },
    { name: 'the same again: written', value: await written(rows(2_000, true)), limit: 0, unit },
  ]
}

const api = async (
  { url, token }: Place,
  method: string,
  path: string,
  body?: object,
): Promise<Json> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v2${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  return answer.json()
}

const newEvent = async (place: Place): Promise<string> =>
  (await api(place, 'POST', '/events', { name: 'Bulk' })).id

const header =
  'external_ids.crm;profile.first_name;profile.last_name;profile.email_address;profile.company'
const names = [
  'Müller',
  'Mueller',
  'Łukasz',
  'Byron',
  'Nakamura',
  'Øster',
  'Strauß',
  'Ivanov',
  'Haddad',
  'Okafor',
]
const lineOf = (n: number): string =>
  `${n};Guest ${n};${names[n % names.length]};g${n}@example.com;Works ${n % 300}`
const linesOf = (count: number, from = 0): string[] =>
  [...Array(count).keys()].map((n) => lineOf(from + n))

/** What the command says, how long it took, and the most that it held. */
async function imported(
  { url, token }: Place,
  event: string,
  path: string,
  ...more: string[]
): Promise<Run> {
  const env = { PATH: process.env.PATH, PLENARY_URL: url, PLENARY_TOKEN: token }
  const args = ['client/src/cli.ts', 'import', path, '--event', event, ...more]
  const started = performance.now()
  const child = spawn(process.execPath, args, { env })
  let [out, megabytes] = ['', 0]
  child.stdout.on('data', (part) => {
    out += part
  })
  const looking = setInterval(() => {
    megabytes = Math.max(megabytes, heldBy(child.pid))
  }, 50)
  await new Promise((ended) => child.once('close', ended))
  clearInterval(looking)
  return { out, megabytes, seconds: (performance.now() - started) / 1000 }
}

/** The most that a process ever held, in megabytes (Linux tells). */
function heldBy(pid: number | undefined): number {
  try {
    const [, kilobytes = 0] =
      /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    return 0
  }
}

const numberIn = (out: string, what: string): number =>
  Number(new RegExp(`${what} (\\d+)`).exec(out)?.[1] ?? 0)

/** Every hundredth row has no address that could be one: told by the dry run, and by the import just so. */
async function withBroken(place: Place, count: number): Promise<number> {
  const every = count / 100
  const lines = linesOf(count).map((line, n) =>
    n % every === 7 ? line.replace('@', ' at ') : line,
  )
  const path = place.file('broken.csv', lines)
  const event = await newEvent(place)
  const tried = await imported(place, event, path, '--dry-run')
  const done = await imported(place, event, path)
  const right = [tried.out, done.out].map(
    (out) =>
      Math.abs(numberIn(out, 'refused') - 100) + Math.abs(numberIn(out, 'created') - (count - 100)),
  )
  const named = readFileSync(path.replace('.csv', '.refused.csv'), 'utf8')
  const fields = named.split('\n').filter((line) => line.includes('profile.email_address:')).length
  return right.reduce((sum, one) => sum + one, 0) + Math.abs(fields - 100)
}

async function overlapping(place: Place): Promise<number> {
  const event = await newEvent(place)
  const files = [place.file('a.csv', linesOf(2_000)), place.file('b.csv', linesOf(2_000, 1_000))]
  const runs = await Promise.all(files.map((path) => imported(place, event, path)))
  const refused = runs.reduce((sum, { out }) => sum + numberIn(out, 'refused'), 0)
  const { people_number } = await api(place, 'GET', `/events/${event}/people`)
  return Math.abs(people_number - 3_000) + refused
}

/** A first page of whom a word finds, by what the server notes of each request. */
async function findingCost(place: Place, event: string, count: number): Promise<Measure[]> {
  const ask = (q: string) =>
    api(place, 'GET', `/events/${event}/people/resources?q=${encodeURIComponent(q)}&limit=20`)
  // The words follow by the stream: whoever came last is found last.
  for (let n = 0; (await ask(`g${count - 1}@example.com`)).record_number === 0; n += 1) {
    if (n === 600) throw new Error('the last person is not found')
    await sleep(500)
  }
  const measures: Measure[] = []
  for (const q of ['mull', 'mul', 'guest 77', 'works', 'g1@example.com']) {
    const { record_number: found } = await ask(q)
    const lines = readFileSync(join(place.folder, 'data/requests.log'), 'utf8')
      .trimEnd()
      .split('\n')
    const { units } = JSON.parse(lines.at(-1) ?? '{}')
    measures.push({
      name: `q=${q} (${found} found): first page`,
      value: units,
      // One more range is read for each word that many have.
      limit: q.includes(' ') ? 40 : 30,
      unit: 'units',
    })
  }
  return measures
}
