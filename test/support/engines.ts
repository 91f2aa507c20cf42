import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTable, startDynamo } from '#infra/local/dynamodb.ts'
import { type S3, startS3 } from '#infra/local/s3.ts'

export type Engines = { dynamodbEndpoint: string; s3: S3; pictures: string }

declare global {
  var plenaryEngines: Promise<Engines> | undefined
}

/**
 * The engines of this test process: a DynamoDB in memory with an empty table, and an S3 on a
 * temporary folder. Started at the first call, before anything of lib reads the environment; they
 * end with the process.
 */
export function engines(): Promise<Engines> {
  globalThis.plenaryEngines ??= start()
  return globalThis.plenaryEngines
}

async function start(): Promise<Engines> {
  const folder = await mkdtemp(join(tmpdir(), 'plenary-test-'))
  const [dynamo, s3] = await Promise.all([startDynamo(), startS3(folder, bucket)])
  await createTable(dynamo.endpoint, table)
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: s3.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.keys.secretAccessKey,
    DYNAMODB_ENDPOINT: dynamo.endpoint,
    TABLE_NAME: table,
    S3_ENDPOINT: s3.endpoint,
    BUCKET_NAME: bucket,
    PICTURES_URL: 'http://127.0.0.1:3000',
  })
  return { dynamodbEndpoint: dynamo.endpoint, s3, pictures: folder }
}

const table = 'plenary'
const bucket = 'plenary-pictures'
