import {
  DescribeTableCommand,
  DynamoDBClient,
  type ScanCommandInput,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { Account } from './account.ts'

/** A client with the operator's own credentials, renewed as long as a command runs. */
export function tableClient({ region, credentials }: Account): DynamoDBClient {
  const endpoint = process.env.DYNAMODB_ENDPOINT
  return new DynamoDBClient({ region, credentials, maxAttempts: 5, ...(endpoint && { endpoint }) })
}

/** Puts deletion protection on; true when it was off. */
export async function protect(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }))
  if (Table?.DeletionProtectionEnabled) return false
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }))
  return true
}

/** All rows that pass a filter, page by page: it reads the whole table. */
export async function* scan<Row>(
  client: DynamoDBClient,
  input: Omit<ScanCommandInput, 'ExpressionAttributeValues'> & {
    ExpressionAttributeValues?: Record<string, unknown>
  },
): AsyncGenerator<Row> {
  const documents = DynamoDBDocumentClient.from(client)
  for await (const page of paginateScan({ client: documents }, input)) {
    for (const row of page.Items ?? []) yield row as Row
  }
}
