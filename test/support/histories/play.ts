import { setTimeout as sleep } from 'node:timers/promises'
import type { EventClient } from '#test/support/factories.ts'
import { numbers } from '#test/support/numbers.ts'
import { type Marked, marked } from './documents.ts'
import type { Operation } from './register.ts'

type Options = { seed: number; clients: number; each: number }

/**
 * Lets clients read and write one document at once, some of them over the state that they saw last (`If-Match`), and gives
 * what each saw.
 */
export async function play(at: EventClient, kind: Marked, { seed, clients, each }: Options) {
  const initial = `m${seed}`
  const ask = await marked(at, kind, initial)
  const operations: Operation[] = []
  const client = async (n: number) => {
    const random = numbers(seed * 1_000 + n)
    let known: { etag: string; value: string } | undefined
    for (let count = 0; count < each; count += 1) {
      await sleep(random() * 4)
      const sent = performance.now()
      const isRead = random() < 0.4
      const isOver = known !== undefined && random() < 0.6
      const value = `m${seed}c${n}n${count}`
      const method = kind.methods[Math.floor(random() * kind.methods.length)] ?? 'PATCH'
      const headers = isOver ? { 'if-match': known?.etag ?? '' } : {}
      const answer = isRead ? await ask('GET') : await ask(method, kind.body(value), headers)
      const times = { client: n, sent, answered: performance.now() }
      if (answer.status === 200) {
        const told = kind.read(answer.body)
        if (!isRead && told !== value) throw new Error(`${value} was answered with ${told}`)
        const expected = isOver ? known?.value : undefined
        operations.push(
          isRead
            ? { ...times, kind: 'read', value: told }
            : { ...times, kind: 'write', value, expected, outcome: 'done' },
        )
        known = { etag: answer.headers.etag ?? '', value: told }
      } else if (answer.status === 412) {
        const expected = known?.value
        operations.push({ ...times, kind: 'write', value, expected, outcome: 'refused' })
        known = undefined
      } else if (answer.status === 503) {
        if (!isRead) operations.push({ ...times, kind: 'write', value, outcome: 'maybe' })
      } else throw new Error(`${method} answered ${answer.status} ${answer.text}`)
    }
  }
  await Promise.all([...Array(clients).keys()].map(client))
  return { initial, operations }
}
