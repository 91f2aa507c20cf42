import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { type FakeStack, fakeCloudFormation } from '#test/support/cloudformation.ts'
import { freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { home, operate } from '#test/support/operator.ts'
import { restorable } from '#test/support/restorable.ts'

const source = process.env.TABLE_NAME ?? ''
const stacks: Record<string, FakeStack> = {
  Plenary: { outputs: { TableName: source, BucketName: process.env.BUCKET_NAME ?? '' } },
}
let table: Awaited<ReturnType<typeof restorable>>
let cloud: Awaited<ReturnType<typeof fakeCloudFormation>>
beforeAll(async () => {
  table = await restorable(process.env.DYNAMODB_ENDPOINT ?? '', source)
  cloud = await fakeCloudFormation(stacks)
})
afterAll(() => Promise.all([table.stop(), cloud.stop()]))

const HOME = home()
const restore = (...args: string[]) =>
  operate(['scripts/restore.ts', '--profile', 'plain', ...args], {
    HOME,
    DYNAMODB_ENDPOINT: table.endpoint,
    S3_ENDPOINT: process.env.S3_ENDPOINT ?? '',
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloud.endpoint,
    PLENARY_POLL_MS: '20',
  })

/** Answers as the functions would that were deployed with this table. */
async function inTable<T>(name: string, work: () => Promise<T>): Promise<T> {
  process.env.TABLE_NAME = name
  try {
    return await work()
  } finally {
    process.env.TABLE_NAME = source
  }
}

function listOf(lines: unknown[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'plenary-erasures-')), 'erasures.jsonl')
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return file
}

test('drills a restore: back to a second, the erased erased again, the switch, and back', async () => {
  const at = await freshEvent()
  const organisation: string = (await call('GET', '/me', { token: at.token })).body.organisation
  const [lost, erased] = [await makePerson(at), await makePerson(at)]
  const path = (person: { person_id: string }) => `/people/resources/${person.person_id}`
  await table.remember()
  const second = new Date().toISOString()
  await at.ask('DELETE', path(lost))
  await at.ask('DELETE', `${path(erased)}?erase=true`)
  await runAllJobs()
  const erasures = listOf([
    { organisation, event: at.id, person: erased.person_id, at: new Date().toISOString() },
    { organisation: 'org_old', event: 'evt_old', person: 'per_old', at: '2020-01-01T00:00:00Z' },
  ])

  const drill = await restore('--at', second, '--to', 'restored', '--erasures', erasures)
  expect(drill.err).toBe('')
  expect(drill.code).toBe(0)
  expect(drill.out).toContain('ok  1 of 1 people erased again')
  expect(drill.out).toMatch(
    /Switch: {2}npx cdk deploy -c tableName=restored -c tableStreamArn=arn:\S+restored\/stream\/\S+\n/,
  )
  expect(drill.out).toContain(`Back:    npx cdk deploy -c tableName=${source} -c tableStreamArn=`)
  expect(table.restored).toEqual({
    recovery: ['restored'],
    ttl: ['restored'],
    protection: ['restored'],
    tags: ['[{"Key":"cost-centre","Value":"4711"}]'],
  })

  const statuses = () =>
    Promise.all([lost, erased].map(async (one) => (await at.ask('GET', path(one))).status))
  expect(await inTable('restored', statuses)).toEqual([200, 404])
  const tokens = await inTable('restored', () => call('GET', '/tokens', { token: at.token }))
  expect(tokens.body.map(({ name }: { name: string }) => name)).not.toContain('Restore')
  expect(await statuses()).toEqual([404, 404])
})

test('goes on where it was ended: the same command again is harmless', async () => {
  const again = await restore('--at', 'latest', '--to', 'restored', '--no-erasures')
  expect(again.err).toBe('')
  expect(again.out).toContain('ok  0 of 0 people erased again')
})

test.each([
  ['nothing at all', () => [], /^npm run restore -- --at /],
  ['no word on erasures', () => ['--at', 'latest', '--to', 'x'], /^npm run restore -- --at /],
  [
    'a second without its zone',
    () => ['--at', '2027-05-04T09:30', '--to', 'x', '--no-erasures'],
    /^--at is a second with its zone, .*\.\n$/,
  ],
  [
    'the same table',
    () => ['--at', 'latest', '--to', source, '--no-erasures'],
    /^--to is the name of a new table, .*\.\n$/,
  ],
  [
    'a list that is not there',
    () => ['--at', 'latest', '--to', 'x', '--erasures', '/nowhere'],
    /^The list of erasures \/nowhere cannot be read\.\n$/,
  ],
  [
    'a line that is not understood',
    () => ['--at', 'latest', '--to', 'x', '--erasures', listOf([{ person: 'per_x' }])],
    /erasures\.jsonl:1 is not \{"organisation": .*\.\n$/,
  ],
])('says in one sentence: %s', async (_what, args, sentence) => {
  const { code, err } = await restore(...args())
  expect(err).toMatch(sentence)
  expect(code).toBe(1)
})
