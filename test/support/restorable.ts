import { createServer } from 'node:http'
import { createTable } from '#infra/local/dynamodb.ts'

type Row = Record<string, unknown>
type Sent = Record<string, unknown> & { TableName?: string }

/** What was put back after a restore, by table. */
export type Restored = { recovery: string[]; ttl: string[]; protection: string[]; tags: string[] }

/**
 * The DynamoDB at `endpoint` with what it lacks: `remember()` keeps the rows of this moment, which a restore
 * then copies into a new table, as point-in-time recovery does.
 */
export async function restorable(endpoint: string, source: string) {
  let kept: Row[] = []
  const restored: Restored = { recovery: [], ttl: [], protection: [], tags: [] }
  const forward = async (target: string, body: string) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${target}`,
      'x-amz-date': '20250101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20250101/eu-central-1/dynamodb/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, Signature=local',
    }
    const response = await fetch(endpoint, { method: 'POST', headers, body })
    return { status: response.status, text: await response.text() }
  }
  const own: Record<string, (sent: Sent) => Promise<unknown> | unknown> = {
    RestoreTableToPointInTime: async ({ TargetTableName }) => {
      await createTable(endpoint, String(TargetTableName))
      for (let at = 0; at < kept.length; at += 25) {
        const puts = kept.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }))
        const RequestItems = { [String(TargetTableName)]: puts }
        await forward('BatchWriteItem', JSON.stringify({ RequestItems }))
      }
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
    UpdateTable: ({ TableName = '', DeletionProtectionEnabled }) => {
      if (DeletionProtectionEnabled) restored.protection.push(TableName)
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
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', async () => {
      const target = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      const answer = own[target]
        ? { status: 200, text: JSON.stringify(await own[target](JSON.parse(body))) }
        : await forward(target, body)
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(answer.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const remember = async () => {
    kept = []
    let ExclusiveStartKey: unknown
    do {
      const page = await forward('Scan', JSON.stringify({ TableName: source, ExclusiveStartKey }))
      const { Items, LastEvaluatedKey } = JSON.parse(page.text)
      kept.push(...Items)
      ExclusiveStartKey = LastEvaluatedKey
    } while (ExclusiveStartKey)
  }
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { endpoint: `http://127.0.0.1:${port}`, restored, remember, stop }
}
