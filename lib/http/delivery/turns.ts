import { log } from '#lib/base/log.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { dropPlace, type Place } from '#lib/store/webhooks/due.ts'
import { takeTurn } from '#lib/store/webhooks/turn.ts'
import { sendingOf } from './send.ts'

const own = process.env.AWS_LAMBDA_FUNCTION_NAME
/** Where it is no Lambda, one run of a webhook takes so long at most. */
const turnMs = 50_000

const running = new Set<Promise<void>>()

/**
 * Has a webhook sent what it has yet to get, beside whatever else goes on, so that none waits for another: on AWS each in
 * an invocation of its own.
 */
export async function callTurn(place: Place): Promise<void> {
  if (own === undefined) {
    const turn = runTurn(place, Date.now() + turnMs).catch((error) => report(place, error))
    running.add(turn)
    turn.finally(() => running.delete(turn))
    return
  }
  const { invokeLater } = await import('#lib/table/invoke.ts')
  await invokeLater(own, { turn: place })
}

/** Resolves when no turn is under way in this process. */
export async function turnsEnd(): Promise<void> {
  while (running.size > 0) await Promise.all(running)
}

/** Sends until nothing is due, or hands on what is left at the deadline (milliseconds since 1970). */
export async function runTurn(place: Place, deadline: number): Promise<void> {
  const { webhook } = place
  const at = await eventAt(place, deadline)
  if (at) {
    const { event, scope } = at
    let turn = await takeTurn(scope, webhook, sendingOf(event))
    while (turn === 'more' && Date.now() + 20_000 < deadline) {
      turn = await takeTurn(scope, webhook, sendingOf(event))
    }
    if (turn === 'more') await callTurn(place)
    if (turn !== 'done') return
  }
  await dropPlace(place, deadline)
}

function report({ event, webhook }: Place, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  log('error', 'a webhook was not served', { event, webhook, name, text: message })
}
