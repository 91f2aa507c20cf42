import { createTable } from '#infra/local/dynamodb.ts'
import { switchOnStream } from '#infra/local/stream.ts'
import { bodyOf, onLoopback } from './loopback.ts'
import { allRows, dynamo, putRows, type WireRow } from './wire-rows.ts'

type Sent = Record<string, unknown> & { TableName?: string }

/** What was put back after a restore, by table. */
export type Restored = { recovery: string[]; ttl: string[]; protection: string[]; tags: string[] }

/**
 * The DynamoDB at `endpoint` with what it lacks: `remember()` keeps the rows of this moment, which a restore
 * then copies into a new table, as point-in-time recovery does.
 */
export async function restorable(endpoint: string, source: string) {
  let kept: WireRow[] = []
  const restored: Restored = { recovery: [], ttl: [], protection: [], tags: [] }
  const own: Record<string, (sent: Sent) => Promise<unknown> | unknown> = {
    RestoreTableToPointInTime: async ({ TargetTableName }) => {
      await createTable(endpoint, String(TargetTableName))
      await putRows(endpoint, String(TargetTableName), kept)
      return { TableDescription: {} }
    },
    UpdateContinuousBackups: ({ TableName = '' }) => {
      restored.recovery.push(TableName)
      return {}
    },
    UpdateTimeToLive: ({ TableName = '' }) => {
      restored.ttl.push(TableName)
      return {}
    },
    UpdateTable: async ({ TableName = '', DeletionProtectionEnabled, StreamSpecification }) => {
      if (DeletionProtectionEnabled) restored.protection.push(TableName)
      if (StreamSpecification) await switchOnStream(endpoint, TableName)
      return {}
    },
    ListTagsOfResource: () => ({
      Tags: [
        { Key: 'cost-centre', Value: '4711' },
        { Key: 'aws:cloudformation:stack-name', Value: 'Plenary' },
      ],
    }),
    TagResource: ({ Tags }) => {
      restored.tags.push(JSON.stringify(Tags))
      return {}
    },
  }
  const server = await onLoopback(async (request, response) => {
    const body = String(await bodyOf(request))
    const target = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const answer = own[target]
      ? { status: 200, text: JSON.stringify(await own[target](JSON.parse(body))) }
      : await dynamo(endpoint, target, JSON.parse(body))
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(answer.text)
  })
  const remember = async () => {
    kept = await allRows(endpoint, source)
  }
  return { ...server, restored, remember }
}
