import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { getMe } from '../generated/sdk.gen.ts'
import { createPlenary, type Plenary } from '../plenary.ts'
import { Refusal } from './refusal.ts'

type Kept = { url: string; token: string }

const file = () =>
  join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'plenary', 'credentials.json')

/** Tries an address and a token and keeps both, for nobody else on this machine to read. */
export async function login(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { token: { type: 'string' } },
    allowPositionals: true,
  })
  const [url] = positionals
  const token = values.token ?? process.env.PLENARY_TOKEN
  if (!url || !token) throw new Refusal('plenary login <url> --token TOKEN')
  const { data } = await getMe({ client: createPlenary({ url, token }), throwOnError: true })
  mkdirSync(dirname(file()), { recursive: true })
  writeFileSync(file(), JSON.stringify({ url, token } satisfies Kept), { mode: 0o600 })
  chmodSync(file(), 0o600)
  process.stdout.write(`${url} as ${data.role}, kept in ${file()}\n`)
}

/** The connection that login keeps, or the environment names. */
export function connection(): { client: Plenary; url: string } {
  const kept = { url: process.env.PLENARY_URL, token: process.env.PLENARY_TOKEN }
  const { url, token } = kept.url && kept.token ? (kept as Kept) : { ...read(), ...present(kept) }
  return { client: createPlenary({ url, token }), url }
}

const present = (kept: Partial<Record<keyof Kept, string | undefined>>) =>
  Object.fromEntries(Object.entries(kept).filter(([, value]) => value))

function read(): Kept {
  try {
    return JSON.parse(readFileSync(file(), 'utf8'))
  } catch {
    throw new Refusal('Nobody is logged in: plenary login <url> --token TOKEN')
  }
}
