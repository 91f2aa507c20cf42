import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTable } from '#infra/local/dynamodb.ts'
import { type FakeStack, fakeCloudFormation } from '#test/support/cloudformation.ts'
import { home, operate } from '#test/support/operator.ts'
import { versionedBucket } from '#test/support/versioned-bucket.ts'

const endpoint = process.env.DYNAMODB_ENDPOINT ?? ''
const stacks: Record<string, FakeStack> = {}
let cloud: Awaited<ReturnType<typeof fakeCloudFormation>>
let bucket: Awaited<ReturnType<typeof versionedBucket>>
beforeAll(async () => {
  cloud = await fakeCloudFormation(stacks)
  bucket = await versionedBucket([
    ['a.jpg', '1'],
    ['a.jpg', '2'],
    ['b.jpg', '1'],
  ])
})
afterAll(() => Promise.all([cloud.stop(), bucket.stop()]))
beforeEach(async () => {
  await createTable(endpoint, 'doomed')
  stacks['Plenary-test'] = {
    outputs: { TableName: 'doomed', BucketName: 'doomed-pictures' },
    resources: [
      ['AWS::DynamoDB::Table', 'doomed'],
      ['AWS::S3::Bucket', 'doomed-logs'],
      ['AWS::Logs::LogGroup', 'doomed-lines'],
      ['AWS::Lambda::Function', 'function'],
    ],
  }
})

const HOME = home()
const destroy = (typed: string, stage = 'test') =>
  operate(
    ['scripts/destroy-everything.ts', '--profile', 'plain', '--stage', stage],
    {
      HOME,
      DYNAMODB_ENDPOINT: endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: cloud.endpoint,
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: bucket.endpoint,
      PLENARY_POLL_MS: '20',
    },
    `${typed}\n`,
  )

test('deletes nothing when anything but the name is typed', async () => {
  const { code, out, err } = await destroy('yes')
  expect(out).toContain('  table      doomed\n')
  expect(err).toBe('Nothing was deleted.\n')
  expect(code).toBe(1)
  expect(cloud.deleted).toEqual([])
  expect(bucket.left.size).toBe(3)
})

test('deletes the stack and all that it leaves behind, every version of every picture too', async () => {
  const { code, out, err } = await destroy('Plenary-test')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(cloud.deleted).toEqual(['Plenary-test'])
  expect(bucket.left.size).toBe(0)
  expect(bucket.gone).toEqual(['doomed-logs', 'doomed-pictures', 'doomed-lines'])
  expect(out).toContain('ok  the table doomed is gone')
  const { err: after } = await destroy('Plenary-test')
  expect(after).toBe('There is no stack Plenary-test in eu-west-1.\n')
})
