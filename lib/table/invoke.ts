import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { region } from '#lib/base/config.ts'

let client: LambdaClient | undefined

/** Calls a function with this event and does not wait for it. */
export async function invokeLater(FunctionName: string, event: unknown): Promise<void> {
  client ??= new LambdaClient({ region: region() })
  const Payload = JSON.stringify(event)
  await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }))
}
