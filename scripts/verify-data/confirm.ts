import { setTimeout as sleep } from 'node:timers/promises'
import { excuseOf } from './excuses.ts'
import type { Fact, Row } from './facts.ts'
import { addTo, type Book, bookFault, judge } from './judge.ts'
import { subjectOf } from './ledger.ts'
import { readStanding } from './read.ts'
import type { Suspect } from './suspects.ts'

/** An invariant that does not hold: what was expected under which key, and what was found. */
export type Broken = { rule: string; key: string; expected: string; found: string }
/** The same, with what was read of it and who said what. */
export type Proof = { broken: Broken; rows: Row[]; said: Said[] }
export type Said = { row: Row; fact: Fact }
/** `unsettled`: it changed all the time. */
export type Verdict = Proof | 'even' | 'unsettled'

/** So often something is looked at, with a pause between, before it counts as broken. */
const looks = 3

/** Looks at something again until it is even, excused, or broken every time. */
export async function confirm(suspect: Suspect, pauseMs: number): Promise<Verdict> {
  let verdict: Verdict = 'even'
  for (let n = 0; n < looks; n += 1) {
    if (n > 0) await sleep(pauseMs)
    verdict = await look(suspect)
    if (verdict === 'even') return verdict
  }
  return verdict
}

async function look(suspect: Suspect): Promise<Verdict> {
  const rows = await readStanding([...suspect.places.values()])
  if (!rows) return 'unsettled'
  const said: Said[] = []
  for (const row of rows) {
    judge(row, (fact) => {
      if (subjectOf(fact) === suspect.subject) said.push({ row, fact })
    })
  }
  const fault = faultIn(suspect, said, rows)
  if (!fault) return 'even'
  const excuse = await excuseOf(suspect, rows)
  return excuse ? 'even' : { broken: fault, rows, said }
}

function faultIn({ rule, name }: Suspect, said: Said[], rows: Row[]): Broken | undefined {
  const facts = said.map(({ fact }) => fact)
  const wrong = facts.find(({ fault }) => fault)?.fault
  if (wrong) return { ...wrong, key: name }
  if (facts.some(({ adds }) => adds)) {
    const book: Book = {}
    for (const fact of facts) addTo(book, fact)
    const fault = bookFault(rule, book)
    return fault && { ...fault, key: name }
  }
  if (facts.some(({ by }) => by !== undefined)) return unevenIn({ rule, name }, said, rows)
  const isMissing = facts.some(({ needs }) => needs) && !facts.some(({ there }) => there)
  if (!isMissing) return undefined
  const by = said.find(({ fact }) => fact.needs)?.row
  return { rule, key: name, expected: `for ${by?.pk} ${by?.sk}`, found: 'nothing' }
}

type Named = Pick<Suspect, 'rule' | 'name'>

function unevenIn({ rule, name }: Named, said: Said[], rows: Row[]): Broken | undefined {
  const sum = said.reduce((all, { fact }) => all + (fact.by ?? 0), 0)
  if (sum === 0) return undefined
  const { row, fact } = said.find((one) => (one.fact.by ?? 0) * sum > 0) ?? {
    row: undefined,
    fact: undefined,
  }
  if (fact?.wanted) {
    const { pk, sk } = fact.wanted
    const there = rows.find((one) => one.pk === pk && one.sk === sk)
    const found = there ? 'other values' : 'no such row'
    return {
      rule,
      key: `${pk} ${sk}`,
      expected: name.slice(pk.length + sk.length + 2) || 'a row',
      found,
    }
  }
  if (fact?.loose && row)
    return {
      rule,
      key: `${row.pk} ${row.sk}`,
      expected: 'no such row, or other values',
      found: name,
    }
  return { rule, key: name, expected: 'the same on both sides', found: `${sum} more on one` }
}
