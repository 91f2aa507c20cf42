import { minus, noTally, plus, type Tally } from '#lib/model/door/scan.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { update, type Write } from '#lib/table/writes.ts'

/** What a door counts stands in so many parts that scans rarely meet on one. */
const parts = 64

type Part = { sk: string; ins?: number; ent?: number; ppl?: number; den?: number }

/** The write that counts what has changed, in any part; none where nothing has. */
export function tallyWrites(scope: EventScope, list: string, before: Tally, after: Tally): Write[] {
  const { inside, entries, people, denied } = minus(after, before)
  const sums = { ins: inside, ent: entries, ppl: people, den: denied }
  const add = Object.fromEntries(Object.entries(sums).filter(([, by]) => by !== 0))
  if (Object.keys(add).length === 0) return []
  const part = Math.floor(Math.random() * parts)
  return [update(keys.doorTally(scope, list, part), { add })]
}

/** What every door of the event that was ever used counts. */
export async function readTallies(scope: EventScope): Promise<Map<string, Tally>> {
  const rows = await queryRows<Part>(scope, { pk: keys.doorTallies(scope) })
  const tallies = new Map<string, Tally>()
  for (const { sk, ins = 0, ent = 0, ppl = 0, den = 0 } of rows) {
    const list = sk.slice(0, sk.lastIndexOf('#'))
    const part = { inside: ins, entries: ent, people: ppl, denied: den }
    tallies.set(list, plus(tallies.get(list) ?? noTally, part))
  }
  return tallies
}
