import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { everyRoute } from '#functions/every-route.ts'
import type { Route } from '#lib/http/route.ts'
import { type CallOptions, call, type Reply } from './call.ts'
import { cases } from './kills/cases.ts'
import { requestOf } from './kills/request.ts'
import type { Place } from './kills/world.ts'
import { allRowsMentioning } from './scan.ts'
import { best, credentialOf, filled, principals, type World } from './security.ts'

/** What of a credential must stand nowhere: the part that nobody could guess. */
export const secretOf = (credential: string): string =>
  credential.split(credential.startsWith('ey') ? '.' : '_').at(-1) ?? credential

/** Every route by everybody, and by whoever may do most with the credential in places where it does not belong. */
export async function knockEverywhere(
  here: World,
  onReply: (reply: Reply, sent: string[]) => void,
) {
  for (const route of everyRoute) {
    const method = route.method.toUpperCase()
    const path = filled(route, here.own)
    // Nothing is destroyed: the body is broken, and no state is the one that If-Match names.
    const common = {
      headers: { 'if-match': '"never"' },
      ...(route.method !== 'get' && { body: '{' }),
    }
    const ask = async (options: CallOptions, text: string | undefined, to = path) =>
      onReply(await call(method, to, { ...common, ...options }), text ? [text] : [])
    for (const principal of principals) {
      await ask(credentialOf(here, principal), here.tokens[principal])
    }
    const text = here.tokens[best(route)] ?? ''
    for (const name of ['token', '%74oken', 'access_token', 'apikey', 'feed', text]) {
      await ask({ token: text }, text, `${path}?${name}=${text}`)
    }
    for (const headers of strayHeaders(text)) await ask({ token: text, headers }, text)
    if (route.method !== 'get') await ask({ token: text, body: { [text]: text } }, text)
    const last = path.replace(/[^/]+$/, text)
    if (route.path.endsWith('}')) await ask({ token: text }, text, last)
  }
}

const strayHeaders = (text: string): Record<string, string>[] => [
  { ext_id_system: text },
  { 'x-request-id': text, 'user-agent': text, referer: `https://example.com/?token=${text}` },
  { cookie: `token=${text}` },
  { 'content-type': text },
  { 'if-none-match': `"${text}"` },
]

const turn = ({ method }: Route): number => ['post', 'put', 'patch', 'delete'].indexOf(method)

/** Does once in a place what every route that writes is for, but for the end of the event; says how often it was taken. */
export async function writeEverything(
  here: Place,
  onReply: (reply: Reply, sent: string[]) => void,
) {
  let done = 0
  const writes = everyRoute.filter(({ id, method }) => method !== 'get' && id !== 'deleteEvent')
  for (const route of writes.toSorted((a, b) => turn(a) - turn(b))) {
    for (const one of cases[route.id] ?? []) {
      await one.prepare?.(here).catch(() => undefined)
      const { method, path, options } = requestOf(route, one, here)
      const reply = await call(method, path, options)
      if (reply.status < 300) done += 1
      onReply(reply, [options.token ?? ''])
    }
  }
  return done
}

/** Keys of rows in which some of the texts stand. */
export async function rowsWith(texts: string[]): Promise<string[]> {
  const rows = await allRowsMentioning('')
  const spelled = (value: unknown) =>
    JSON.stringify(value, (_, one) => (one instanceof Set ? [...one] : one))
  return rows.flatMap((row) => {
    const text = spelled(row)
    return texts.filter((one) => text.includes(one)).map((one) => `${row.pk} ${row.sk}: ${one}`)
  })
}

/** Files below a folder in which some of the texts stand. */
export function filesWith(folder: string, texts: string[]): string[] {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
  return files
    .filter((file) => statSync(file).isFile())
    .flatMap((file) => {
      const bytes = readFileSync(file)
      return texts.filter((one) => bytes.includes(one)).map((one) => `${file}: ${one}`)
    })
}
