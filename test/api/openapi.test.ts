import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { groups } from '#infra/groups.ts'
import { routeOf } from '#infra/local/routes.ts'
import { codeOf, errorNames } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { behaviourFiles } from '#lib/http/openapi/behaviour.ts'
import { type Document, openapi } from '#lib/http/openapi/document.ts'
import { errorsOf } from '#lib/http/openapi/errors.ts'
import { pathParameters } from '#lib/http/openapi/text.ts'
import type { Route } from '#lib/http/route.ts'
import { call } from '#test/support/call.ts'
import { checkAnswer } from '#test/support/contract.ts'

const document = openapi(everyRoute, { version: '1.2.3' })
const shown = JSON.stringify(document)
const linter = createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js')

test('passes the strictest rules of a linter', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plenary-openapi-'))
  const file = join(folder, 'openapi.json')
  await writeFile(file, shown)
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const linting = run(process.execPath, [linter, 'lint', file, '--config', 'redocly.yaml'], { env })
  await linting.catch(({ stdout, stderr }) => expect.fail(`${stdout}${stderr}`))
  await rm(folder, { recursive: true })
})

test('documents every route under its own name', () => {
  const ids = everyRoute.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)])
  for (const { path, method, id } of everyRoute) {
    expect(document.paths[path]?.[method]?.operationId).toBe(id)
  }
})

// `npm run examples` asks the routes anew; that they fit what the routes answer is the linter's to say.
test('has an example answer of every route that has a body', () => {
  const without = everyRoute.filter(({ path, method, returns, returnsOther }) => {
    if (!returns && !returnsOther) return false
    const { responses = {} } = (document.paths[path]?.[method] ?? {}) as {
      responses?: Record<string, { content: Record<string, { example?: unknown }> }>
    }
    const content = Object.values(responses['200']?.content ?? {})
    return content.every(({ example }) => example === undefined)
  })
  expect(without.map(({ id }) => id)).toEqual([])
})

test('sends every route to the function that has it', async () => {
  const known = new Set(everyRoute.map(({ id }) => id))
  for (const { name } of groups) {
    const { routes }: { routes: Route[] } = await import(`../../functions/${name}.ts`)
    for (const { path, id } of routes) {
      const sent = routeOf(`/api/v2${path === '/' ? '' : path}`)?.group.name
      expect([id, sent, known.has(id)]).toEqual([id, name, true])
    }
  }
})

test('says of every parameter in a path what it is', () => {
  const names = everyRoute.flatMap(({ path }) =>
    [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one),
  )
  expect([...new Set(names)].filter((name) => !Object.hasOwn(pathParameters, name ?? ''))).toEqual(
    [],
  )
})

test('prints every number of its tables: limits, error codes', () => {
  const { description } = document.info as { description: string }
  for (const name of Object.keys(limits)) expect(description).toContain(`\`${name}\``)
  for (const name of errorNames) expect(description).toContain(`\`${name}\``)
  expect(document['x-limits']).toHaveLength(Object.keys(limits).length)
  expect(document['x-error-codes']).toHaveLength(errorNames.length)
})

test('prints under each tag what docs/behaviour says of it', async () => {
  const { description } = document.info as { description: string }
  const tags = document.tags as { name: string; description: string }[]
  const shownAt = new Map(tags.map((tag) => [tag.name, tag.description]))
  const files = { ...behaviourFiles, '': 'requests.md' }
  expect(Object.values(files).sort()).toEqual((await readdir('docs/behaviour')).sort())
  for (const [tag, file] of Object.entries(files)) {
    const decisions = (await readFile(join('docs/behaviour', file), 'utf8')).match(/^- .+$/gm) ?? []
    expect(decisions.length, file).toBeGreaterThan(3)
    const printed = tag ? shownAt.get(tag) : description
    for (const decision of decisions) expect(printed, file).toContain(decision)
  }
})

test('has a route for every error of the catalogue', () => {
  const listed = new Set(everyRoute.flatMap(errorsOf))
  // What no route answers, since no route was found.
  const outside = ['not_found', 'method_not_allowed']
  expect(errorNames.filter((name) => !listed.has(name) && !outside.includes(name))).toEqual([])
})

test('says which shapes a body may have, wrapped or bare, whole or in part', () => {
  const schemas = (document.components as { schemas: Record<string, Schema> }).schemas
  const body = bodyOf(document, '/events', 'post')
  expect(body.oneOf?.map(({ required, $ref }) => $ref ?? required)).toEqual([
    ['event'],
    '#/components/schemas/EventInput',
  ])
  expect(schemas.EventInput?.required).toEqual(['name'])
  expect(schemas.EventInput?.properties?.name).toMatchObject({ type: 'string', maxLength: 200 })
  expect(schemas.EventInput?.properties?.timestamps?.readOnly).toBe(true)
  expect(schemas.EventPatch?.required).toBeUndefined()
  expect(schemas.EventPatch?.properties?.name).toMatchObject({ type: ['string', 'null'] })
})

test('catches an answer that is not as the document says', async () => {
  const { headers } = await call('GET', '/health')
  const answer = (status: number, body: unknown) =>
    checkAnswer('GET', '/api/v2/health', { status, headers, body, text: JSON.stringify(body) })
  await answer(200, { status: 'ok', version: '1' })
  await expect(answer(200, { status: 'ok' })).rejects.toThrow('version')
  await expect(answer(200, { status: 'ok', version: '1', more: 1 })).rejects.toThrow('additional')
  await expect(answer(200, { status: 'ok', version: 'plk_a_b' })).rejects.toThrow('token')
  await expect(answer(201, {})).rejects.toThrow('201')
  const error = { message: '', fields: '', errors: [], request_id: '' }
  await answer(500, { ...error, code: codeOf('internal') })
  await expect(answer(409, { ...error, code: codeOf('duplicate_email') })).rejects.toThrow(
    'duplicate_email',
  )
  await expect(answer(500, { ...error, code: codeOf('store_busy') })).rejects.toThrow('as 500')
  await expect(answer(400, { ...error, code: 1 })).rejects.toThrow('known code')
})

const run = promisify(execFile)

type Schema = {
  $ref?: string
  oneOf?: Schema[]
  required?: string[]
  readOnly?: boolean
  properties?: Record<string, Schema>
}

function bodyOf({ paths }: Document, path: string, method: string): Schema {
  const { requestBody } = (paths[path]?.[method] ?? {}) as {
    requestBody: { content: Record<string, { schema: Schema }> }
  }
  return requestBody.content['application/json']?.schema ?? {}
}
