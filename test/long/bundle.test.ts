import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { behind, bundle, functionNames } from '#infra/bundle.ts'
import { linkSharp } from '#test/support/lambda/sharp.ts'

const dist = mkdtempSync(join(tmpdir(), 'plenary-dist-'))
afterAll(() => rmSync(dist, { recursive: true, force: true }))

const event = (path: string) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'api.example.test' },
  requestContext: {
    domainName: 'api.example.test',
    requestId: 'one',
    http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' },
  },
  isBase64Encoded: false,
})

/** Loads a bundle as Lambda does, in a process of its own far from our node_modules. */
function run(name: string, given: unknown) {
  const code = `
    const { handler } = require('./index.mjs')
    handler(${JSON.stringify(given)}, { awsRequestId: 'one', getRemainingTimeInMillis: () => 9000 })
      .then(({ statusCode, body }) => process.stderr.write(JSON.stringify({ statusCode, body })))`
  const env = {
    PATH: process.env.PATH,
    TABLE_NAME: process.env.TABLE_NAME,
    AWS_REGION: process.env.AWS_REGION,
    AWS_LAMBDA_FUNCTION_NAME: name,
    LAMBDA_TASK_ROOT: join(dist, name),
  }
  const command = `${process.execPath} -e "$CODE" 2>&1 >/dev/null`
  const maxBuffer = 16 * 1024 * 1024
  const cwd = join(dist, name)
  return JSON.parse(
    execFileSync('sh', ['-c', command], { cwd, maxBuffer, env: { ...env, CODE: code } }).toString(),
  )
}

test.each(functionNames)('builds the function %s of nothing but what it needs', async (name) => {
  const { bytes, sharp } = await bundle(name, dist)
  // What a start reads. The SDK, the client for S3, sharp and what else few requests need are files beside it.
  const most = { people: 265, sessions: 265, feed: 80 }[name] ?? 220
  expect(bytes).toBeLessThan(most * 1024)
  expect(sharp).toBe(sharp && ['people', 'pictures', 'sweeper'].includes(name))
  if (sharp) linkSharp(join(dist, name))
  if (behind.includes(name)) return
  const path = name === 'reference' ? '/api/v2/health' : '/api/v2/events/evt_x/nothing'
  expect(run(name, event(path)).statusCode).toBe(name === 'reference' ? 200 : 404)
})

test('reads the verifier of issuers’ tokens from beside the start of a function, when somebody sends one', async () => {
  await bundle('apps', dist)
  const asked = event('/api/v2/events/evt_x/people/me/sessions')
  const claims = Buffer.from('{"iss":7}').toString('base64url')
  const headers = { ...asked.headers, authorization: `Bearer e30.${claims}.x` }
  const { statusCode, body } = run('apps', { ...asked, headers })
  expect([statusCode, body.includes('names no issuer')]).toEqual([401, true])
})

test('puts the files of the reference page beside its function', async () => {
  await bundle('reference', dist)
  expect(existsSync(join(dist, 'reference/scalar/standalone.esm.js'))).toBe(true)
  const chunks = readdirSync(join(dist, 'reference/scalar/chunks'))
  const chunk = chunks.find((name) => name.startsWith('_plugin')) ?? ''
  const { statusCode, body } = run('reference', event(`/api/v2/reference/chunks/${chunk}`))
  expect([statusCode, body.includes('export')]).toEqual([200, true])
  expect(run('reference', event('/api/v2/openapi.json')).body).toContain('punycode')
})
