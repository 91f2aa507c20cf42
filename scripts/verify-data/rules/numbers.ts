import { keys } from '#lib/table/keys.ts'
import { type Fault, nameOf, on, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'

/** An integer id that was given: its counter is at least there. */
export function highest(seen: Seen, family: string, id: number): void {
  const key = keys.counter(seen.scope, family)
  seen.adds('counter', nameOf(key), { maxGiven: id }, () => [key])
}

/** Counters of versions before 0.3 stood elsewhere: an organisation's own begins behind them. */
export const counterFault = ({
  there,
  ct = 0,
  maxGiven = 0,
}: Record<string, number>): Fault | undefined =>
  there && maxGiven > ct
    ? { rule: 'counter', expected: `at least ${maxGiven}`, found: `${ct}` }
    : undefined

export const numberRules: Rules[] = [
  on<{ ct: number }>(keys.counter(s, any).pk, ({ ct }, seen) =>
    seen.adds('counter', nameOf(seen.row), { there: 1, ct }, () => []),
  ),
  on(keys.sharedCounter(any).pk, () => undefined),
]
