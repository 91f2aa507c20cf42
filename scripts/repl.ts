import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { start } from 'node:repl'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'

// A prompt inside the process that serves everything, on its data: npm run repl

const url = await serving()
const token = process.env.PLENARY_TOKEN?.split(',')[0] ?? ownToken()

/** A scope of the event for store calls of the next hour, as a request with this token would have it. */
async function scopeOf(event = 'demo'): Promise<EventScope> {
  const { requireEvent } = await import('#lib/store/read/events.ts')
  const { eventScope } = await import('#lib/store/event-scope.ts')
  const { acceptToken } = await import('#lib/store/write/tokens.ts')
  const { organisation } = await acceptToken(token)
  const scope = { org: organisation, deadline: Date.now() + 3_600_000 }
  const by = { system: undefined, byNumber: false, mayEnter: () => true }
  return eventScope(scope, await requireEvent(scope, event, by))
}

/** All rows of a partition. */
async function rows(pk: string, event = 'demo'): Promise<unknown[]> {
  const { queryRows } = await import('#lib/table/query.ts')
  return queryRows(await scopeOf(event), { pk })
}

/** A request through the gateway, below /api/v2. */
async function ask(method: string, path: string, body?: unknown) {
  const reply = await fetch(`${url}/api/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  const isJson = reply.headers.get('content-type')?.includes('json') && text
  return { status: reply.status, body: isJson ? JSON.parse(text) : text }
}

console.log(`
ask('GET', '/events/demo/people')    a request
await scopeOf('demo')                a scope for the functions of lib/store
keys, await rows(keys.tracks(scope)) the table
await import('#lib/store/read/people.ts')
.exit                                ends everything
`)
// Without the demo there is no event of that name.
const scope = await scopeOf().catch(() => undefined)
const prompt = start('plenary> ')
Object.assign(prompt.context, { ask, scopeOf, rows, keys, scope })
prompt.on('exit', () => process.kill(process.pid, 'SIGTERM'))

/** Starts what `npm start` starts, and gives the address as soon as it says that it is ready. */
async function serving(): Promise<string> {
  const { log } = console
  const ready = new Promise<string>((resolve) => {
    console.log = (...words: unknown[]) => {
      log(...words)
      const [, address] = /^ready (\S+)$/.exec(String(words[0])) ?? []
      if (address) resolve(address)
    }
  })
  await import('#infra/local/start.ts')
  const address = await ready
  console.log = log
  return address
}

function ownToken(): string {
  return readFileSync(join(process.env.DATA_DIR || '.data', 'token'), 'utf8').trim()
}
