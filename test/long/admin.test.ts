import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { type FakeStack, fakeCloudFormation } from '#test/support/cloudformation.ts'
import { home, operate } from '#test/support/operator.ts'

const TableName = process.env.TABLE_NAME ?? ''
const stacks: Record<string, FakeStack> = {
  Plenary: { outputs: { TableName } },
  'Plenary-half': { status: 'ROLLBACK_COMPLETE', outputs: {} },
  'Plenary-gone': { outputs: { TableName: 'no-such-table' } },
}
let cloud: Awaited<ReturnType<typeof fakeCloudFormation>>
beforeAll(async () => {
  cloud = await fakeCloudFormation(stacks)
})
afterAll(() => cloud.stop())

const HOME = home()
const admin = (args: string[], env: Record<string, string> = {}) =>
  operate(['scripts/admin.ts', ...args], {
    HOME,
    DYNAMODB_ENDPOINT: process.env.DYNAMODB_ENDPOINT ?? '',
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloud.endpoint,
    ...env,
  })
const textIn = (out: string) => /^token +(plk_\w+)$/m.exec(out)?.[1] ?? ''
const organisationIn = (out: string) => /^organisation +(\S+)$/m.exec(out)?.[1] ?? ''

test.each([
  ['the keys of a profile', ['--profile', 'plain'], {}, 'FROMFILE'],
  ['what the process of a profile prints', ['--profile', 'process'], {}, 'FROMPROCESS'],
  ['AWS_PROFILE', [], { AWS_PROFILE: 'plain' }, 'FROMFILE'],
  [
    'keys in the environment',
    ['--region', 'eu-west-1'],
    { AWS_ACCESS_KEY_ID: 'FROMENV', AWS_SECRET_ACCESS_KEY: 's' },
    'FROMENV',
  ],
  [
    'a profile that is named, and not other keys in the environment',
    ['--profile', 'plain'],
    { AWS_ACCESS_KEY_ID: 'FROMENV', AWS_SECRET_ACCESS_KEY: 's' },
    'FROMFILE',
  ],
])('makes a token with %s', async (_what, args, env, key) => {
  const made = await admin(['token', ...args], env)
  expect(made.err).toBe('')
  expect(made.code).toBe(0)
  expect(cloud.keys.at(-1)).toBe(key)
  const me = await call('GET', '/me', { token: textIn(made.out) })
  expect(me.body).toMatchObject({ role: 'super_admin', organisation: organisationIn(made.out) })
})

test('lets an organiser in again whose last token is lost', async () => {
  const first = await admin(['token', '--profile', 'plain'])
  const organisation = organisationIn(first.out)
  const event = await call('POST', '/events', { token: textIn(first.out), body: { name: 'Rhine' } })
  const tokens = await call('GET', '/tokens', { token: textIn(first.out) })
  const lost = await call('DELETE', `/tokens/${tokens.body[0].token_id}`, {
    token: textIn(first.out),
  })
  expect(lost.status).toBe(200)
  const again = await admin(['token', '--profile', 'plain', '--organisation', organisation])
  expect(again.err).toBe('')
  const found = await call('GET', `/events/${event.body.id}`, { token: textIn(again.out) })
  expect(found.body.name).toBe('Rhine')
})

test('lists organisations with their super admins', async () => {
  const made = await admin(['token', '--profile', 'plain'])
  const listed = await admin(['organisations', '--profile', 'plain'])
  const line = listed.out.split('\n').find((one) => one.startsWith(organisationIn(made.out)))
  expect(line).toMatch(/Operator \(\d{4}-\d\d-\d\d\)$/)
})

test.each([
  [
    'no credentials',
    ['token', '--region', 'eu-west-1'],
    {},
    /^No AWS credentials were found: .*\.\n$/,
  ],
  [
    'an SSO session that is over',
    ['token', '--profile', 'sso'],
    {},
    /^The SSO session has ended: run aws sso login .*\.\n$/,
  ],
  [
    'a profile that is not there',
    ['token', '--profile', 'nobody', '--region', 'eu-west-1'],
    {},
    /^The profile nobody gives no credentials: .*\.\n$/,
  ],
  [
    'no region',
    ['token'],
    { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
    /^No AWS region is set: .*\.\n$/,
  ],
  [
    'a stage that is not there',
    ['token', '--profile', 'plain', '--stage', 'nowhere'],
    {},
    /^There is no stack Plenary-nowhere in eu-west-1: .*\.\n$/,
  ],
  [
    'a deployment that failed',
    ['token', '--profile', 'plain', '--stage', 'half'],
    {},
    /^The stack Plenary-half is not deployed: its state is ROLLBACK_COMPLETE\.\n$/,
  ],
  [
    'a table that is gone',
    ['token', '--profile', 'plain', '--stage', 'gone'],
    {},
    /^There is no such table in this account and region\.\n$/,
  ],
  [
    'an organisation that is not there',
    ['token', '--profile', 'plain', '--organisation', 'org_nobody'],
    {},
    /^There is no organisation org_nobody in this table: .*\.\n$/,
  ],
  [
    'AWS out of reach',
    ['token', '--profile', 'plain'],
    { AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9' },
    /^AWS was not reached: .*\.\n$/,
  ],
  [
    'an option that is not there',
    ['token', '--profil', 'plain'],
    {},
    /^Unknown option '--profil'\.\n$/,
  ],
])('says in one sentence: %s', async (_what, args, env, sentence) => {
  const { code, out, err } = await admin(args, env)
  expect(err).toMatch(sentence)
  expect([code, out]).toEqual([1, ''])
})
