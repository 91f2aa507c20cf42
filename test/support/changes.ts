import { expect } from 'vitest'
import type { EventClient } from './factories.ts'
import { drainFeed } from './feed.ts'

export type Told = {
  sequence: number
  change_id: string
  type: string
  object: string
  object_id: string
  version: number
  changed: string[]
  actor: { token_id: string; name: string; role: string } | null
  request_id: string | null
  occurred_at: string
  note: Record<string, string | number>
}

/** All changes of an event behind a sequence, when everything that was written is numbered. */
export async function changesIn({ ask }: EventClient, after = 0, query = ''): Promise<Told[]> {
  await drainFeed()
  const all: Told[] = []
  for (let at = after; ; ) {
    const page = await ask('GET', `/changes?after=${at}&limit=1000${query}`)
    expect(page.status, page.text).toBe(200)
    all.push(...page.body.changes_list)
    const next = /after=(\d+)/.exec(page.headers.link ?? '')?.[1]
    if (next === undefined) return all
    at = Number(next)
  }
}

/** What a piece of work is told as: its types, in order. */
export async function typesOf(at: EventClient, work: () => Promise<unknown>): Promise<string[]> {
  return (await changesBy(at, work)).map(({ type }) => type)
}

/** The changes that a piece of work makes. */
export async function changesBy(at: EventClient, work: () => Promise<unknown>): Promise<Told[]> {
  const before = (await changesIn(at)).at(-1)?.sequence ?? 0
  await work()
  return changesIn(at, before)
}
