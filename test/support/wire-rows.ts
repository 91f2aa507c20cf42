/** Rows as DynamoDB sends them, with the type of every value: nothing of ours is between them and the file. */
export type WireRow = Record<string, unknown>

/** A call of DynamoDB's by plain HTTP; local engines want a signature but check none. */
export async function dynamo(endpoint: string, target: string, body: object) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${target}`,
      'x-amz-date': '20250101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20250101/eu-central-1/dynamodb/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, Signature=local',
    },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

/** Every row of a table. */
export async function allRows(endpoint: string, TableName: string): Promise<WireRow[]> {
  const rows: WireRow[] = []
  let ExclusiveStartKey: unknown
  do {
    const { text } = await dynamo(endpoint, 'Scan', { TableName, ExclusiveStartKey })
    const page = JSON.parse(text)
    rows.push(...page.Items)
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return rows
}

export async function putRows(endpoint: string, table: string, rows: WireRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 25) {
    const puts = rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }))
    await dynamo(endpoint, 'BatchWriteItem', { RequestItems: { [table]: puts } })
  }
}
