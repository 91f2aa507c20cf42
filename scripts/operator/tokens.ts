import { newId, newTokenText } from '#lib/base/ids.ts'
import type { Token } from '#lib/model/token.ts'
import { listTokens } from '#lib/store/read/tokens.ts'
import { acceptToken, createToken } from '#lib/store/write/tokens.ts'
import { requestMs } from '#lib/table/client.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { Deployment } from './account.ts'
import { operatorError } from './sentence.ts'
import { scan, tableClient } from './table.ts'

export type NewAccess = { organisation: string; text: string }

/** The first token of a new organisation. */
export async function firstToken(): Promise<NewAccess> {
  const text = newTokenText(newId('token'))
  return { text, ...(await acceptToken(text)) }
}

/** A further super admin's token, for an organisation that has lost its last one. */
export async function furtherToken(organisation: string, name: string): Promise<NewAccess> {
  const scope = { org: organisation, deadline: Date.now() + requestMs }
  const { total } = await listTokens(scope, { limit: 1, offset: 0 })
  const events = await queryRows(scope, { pk: keys.events(scope), limit: 1 })
  if (total === 0 && events.length === 0) {
    throw operatorError(
      `There is no organisation ${organisation} in this table: npm run admin -- organisations lists them.`,
    )
  }
  const { text } = await createToken(scope, { role: 'super_admin', name, events: [] })
  return { organisation, text }
}

/** Who is there: organisations with their super admins' tokens. Reads the whole table. */
export async function organisationsOf(deployment: Deployment): Promise<Map<string, Token[]>> {
  const found = new Map<string, Token[]>()
  const rows = scan<Token>(tableClient(deployment), {
    TableName: deployment.table,
    FilterExpression: 'begins_with(pk, :token)',
    ExpressionAttributeValues: { ':token': keys.token('').pk },
  })
  for await (const token of rows) found.set(token.org, [...(found.get(token.org) ?? []), token])
  return found
}
