import { existsSync } from 'node:fs'
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda'
import { groups } from '#infra/groups.ts'

export type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyResultV2>
export type Handlers = Map<string, Handler>

/** The handlers of all groups, loaded at once: a mistake in one shows at the start. */
export async function loadHandlers(): Promise<Handlers> {
  const handlers: Handlers = new Map()
  for (const { name } of groups) {
    const file = new URL(`../../functions/${name}.ts`, import.meta.url)
    if (!existsSync(file)) continue
    const { handler } = (await import(file.href)) as { handler: Handler }
    handlers.set(name, handler)
  }
  return handlers
}
