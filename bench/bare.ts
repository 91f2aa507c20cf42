import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'

// The least that a function of this kind is: Hono, and one call to the table.
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}))
const app = new Hono().get('/', async (context) => {
  const { Item } = await documents.send(
    new GetCommand({ TableName: 'plenary', Key: { pk: 'a', sk: 'a' } }),
  )
  return context.json(Item ?? {})
})
export const handler = handle(app)
