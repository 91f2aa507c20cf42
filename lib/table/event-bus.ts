import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { eventBusName, region } from '#lib/base/config.ts'
import { nowMillis } from '#lib/base/time.ts'

type Message = { type: string; timestamp: string }
/** Whether a message was taken, or why not, and after how many milliseconds that was known. */
type Put = { ok: boolean; error?: string; ms: number }

let client: EventBridgeClient | undefined

/** Replaces the client and returns a function that puts the old one back; for tests alone. */
export function setEventBus(next: EventBridgeClient): () => void {
  const before = client
  client = next
  return () => {
    client = before
  }
}

/** Puts at most ten messages on the account's bus; of each, whether it was taken: what was not is tried again. */
export async function putOnBus(messages: Message[]): Promise<Put[]> {
  const started = nowMillis()
  const ms = () => nowMillis() - started
  client ??= new EventBridgeClient({ region: region(), maxAttempts: 2 })
  const Entries = messages.map(({ type, timestamp, ...rest }) => ({
    EventBusName: eventBusName(),
    Source: 'plenary',
    DetailType: type,
    Time: new Date(timestamp),
    Detail: JSON.stringify({ type, timestamp, ...rest }),
  }))
  try {
    const answer = await client.send(new PutEventsCommand({ Entries }))
    return messages.map((_, n) => {
      const error = answer.Entries?.[n]?.ErrorCode
      return error === undefined ? { ok: true, ms: ms() } : { ok: false, error, ms: ms() }
    })
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    return messages.map(() => ({ ok: false, error: name, ms: ms() }))
  }
}
