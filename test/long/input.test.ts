import { beforeAll, describe, expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { limits } from '#lib/base/limits.ts'
import type { Route } from '#lib/http/route.ts'
import { call, type Reply } from '#test/support/call.ts'
import { best, filled, type Ids, placeOf, type World, world } from '#test/support/security.ts'

// One world for all routes: every request here is refused, and the event is held to be as it was.
let here: World
let untouched: string | undefined
beforeAll(async () => {
  here = await world()
  untouched = await eventTag()
})

type Sent = { body?: unknown; headers?: Record<string, string>; query?: Record<string, string[]> }
const named = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`
const rows = (routes: Route[]) => routes.map((route) => [named(route), route] as const)

const ask = (route: Route, sent: Sent, changed: Ids = {}) =>
  call(route.method.toUpperCase(), filled(route, here.own, changed), {
    token: here.tokens[best(route)],
    ...sent,
  })

async function eventTag(): Promise<string | undefined> {
  const { tokens, own } = here
  return (await call('GET', `/events/${own.event}`, { token: tokens.super_admin })).headers.etag
}

const bodied = everyRoute.filter(({ body }) => body)

describe.each(rows(bodied))('%s', (_, route) => {
  const refusal = route.failure ? 422 : 400
  const wrapper = route.body?.wrapper
  const under = (name: string) => (wrapper ? `${wrapper}.${name}` : name)
  /** A body of JSON text whose object holds one field more than the example. */
  const withField = (name: string, json: string): string => {
    const example = (route.example ?? {}) as Record<string, unknown>
    const inner = wrapper && wrapper in example ? example[wrapper] : example
    const fields = JSON.stringify(inner).slice(1, -1)
    const object = `{${fields}${fields && ','}"${name}":${json}}`
    return wrapper ? `{"${wrapper}":${object}}` : object
  }
  async function expectRefused(sent: Sent, status: number, field?: string): Promise<Reply> {
    const reply = await ask(route, sent)
    expect(reply.status, reply.text).toBe(status)
    const fields = [
      reply.body.fields,
      ...reply.body.errors.map((one: { field: string }) => one.field),
    ]
    if (field !== undefined) expect(fields, reply.text).toContain(field)
    expect(await eventTag()).toBe(untouched)
    return reply
  }

  test.each(['nowhere_known', 'pk', 'ttl', 'org_id', '$set'])(
    'refuses the unknown field %s',
    async (name) => {
      await expectRefused({ body: withField(name, '1') }, refusal, under(name))
    },
  )

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'refuses %s',
    async (name) => {
      await expectRefused({ body: withField(name, '{"admin":true}') }, refusal, under(name))
      expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
    },
  )

  test.each(wrapper ? [wrapper] : [])('refuses a field beside %s', async () => {
    const body = `{"${wrapper}":{},"beside":1}`
    await expectRefused({ body }, refusal, 'beside')
  })

  const unusable: [string, unknown][] = [
    ['an array', '[]'],
    ['a text', '"text"'],
    ['null', 'null'],
    ['a number', '1'],
    ['broken JSON', '{"a":'],
    ['two values', '{}{}'],
    ['a byte order mark alone', '\ufeff'],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a byte that is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['NaN', '{"a":NaN}'],
  ]
  test.each(unusable)('refuses %s in place of an object', async (_name, body) => {
    await expectRefused({ body }, refusal)
  })

  test.each(route.body?.optional ? [] : ['empty'])('refuses an %s body', async () => {
    await expectRefused({ body: '' }, refusal)
  })

  test.each([1e300, 2 ** 53, -(2 ** 53), 1e-200])('refuses the number %d', async (number) => {
    await expectRefused({ body: withField('a', JSON.stringify(number)) }, refusal)
  })

  test('refuses minus zero', async () => {
    await expectRefused({ body: withField('a', '-0') }, refusal)
  })

  test.each(['"\\ud800"', '{"deep":["\\udc00 "]}'])(
    'refuses the lone surrogate in %s',
    async (json) => {
      await expectRefused({ body: withField('a', json) }, refusal)
    },
  )

  test.each([33, 5_000, 100_000])('refuses %d levels', async (depth) => {
    const reply = await expectRefused(
      { body: withField('a', '['.repeat(depth) + ']'.repeat(depth)) },
      refusal,
    )
    expect(reply.text.length).toBeLessThan(2_000)
  })

  test.each(['text/plain', 'text/xml', 'multipart/form-data', 'application/jsonp'])(
    'refuses %s',
    async (type) => {
      await expectRefused({ body: '{}', headers: { 'content-type': type } }, 415)
    },
  )

  test('refuses a body over its limit, whatever length it claims', async () => {
    const { batchBytes, bodyBytes } = limits
    const most = route.body?.raw?.includes('text/csv') ? batchBytes : bodyBytes
    const body = withField('a', `"${'x'.repeat(most.value)}"`)
    await expectRefused({ body }, 413)
    await expectRefused({ body, headers: { 'content-length': '5' } }, 413)
  })
})

const guarded = everyRoute.filter(({ right }) => right !== 'public')

describe.each(rows(guarded))('%s', (_, route) => {
  test.each([
    ['timestamp_format', ['unix']],
    ['timestamp_format', ['iso', 'iso']],
  ])('refuses the query %s=%s', async (name, values) => {
    const body = route.example ?? {}
    const reply = await ask(route, { query: { [name]: values }, ...(route.body && { body }) })
    expect([400, 422], reply.text).toContain(reply.status)
    const fields = reply.body.errors.map(({ field }: { field: string }) => field)
    expect(fields).toContain(name)
  })

  test('refuses headers that cannot be meant', async () => {
    const body = route.example ?? {}
    const send = (headers: Record<string, string>) =>
      ask(route, { headers, ...(route.body && { body }) })
    const writes = route.method !== 'get'
    const key = { 'idempotency-key': 'x'.repeat(limits.idempotencyKeyLength.value + 1) }
    const system = { ext_id_system: 'x'.repeat(limits.externalSystemLength.value + 1) }
    for (const headers of writes ? [key, system] : [system]) {
      const reply = await send(headers)
      const name = headers === key ? 'Idempotency-Key' : 'ext_id_system'
      expect([400, 422], reply.text).toContain(reply.status)
      expect(reply.body.fields).toBe(name)
    }
  })

  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const strange = [
    'a#b',
    '...',
    '%00',
    '\0',
    '💥',
    '__proto__',
    'x'.repeat(3_000),
    'a b',
    '%',
    "' OR 1=1",
  ]
  test.each(inPath)('finds nothing under a strange %s', async (name) => {
    for (const value of strange) {
      const reply = await ask(
        route,
        { ...(route.body && { body: route.example ?? {} }) },
        { [name]: value },
      )
      const what = `${placeOf(route, name)} ${value.slice(0, 20)}: ${reply.text}`
      // 406 is the document's word for nobody to connect to; guessing keys is slowed down.
      const refusals = name === 'access_key' ? [400, 404, 422, 429] : [400, 404, 406, 422]
      expect(refusals, what).toContain(reply.status)
    }
  })
})

const paged = guarded.filter(({ query }) => query && 'cursor' in query)

describe.each(rows(paged))('%s', (_, route) => {
  test.each([
    ['limit', '0'],
    ['limit', '-1'],
    ['limit', '1001'],
    ['limit', '1e3'],
    ['limit', 'abc'],
    ['limit', '20.5'],
    ['offset', '-1'],
    ['offset', '1e3'],
    ['offset', '9'.repeat(30)],
    ['cursor', 'bm8gc2Vuc2Uh'],
    ['cursor', '../'],
    ['cursor', 'x'.repeat(5_000)],
  ])('refuses %s=%s', async (name, value) => {
    const reply = await ask(route, { query: { [name]: [value] } })
    expect([400, 422], reply.text).toContain(reply.status)
    expect(reply.body.fields).toBe(name)
  })
})
