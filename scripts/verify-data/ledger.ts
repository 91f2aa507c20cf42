import type { Fact, Row } from './facts.ts'
import { formOf } from './forms.ts'
import { addTo, type Book, bookFault, judge } from './judge.ts'
import { looksAtObjects } from './objects.ts'

/** 53 bits of a text: what millions of rows say is kept as numbers alone. */
export function digest(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let n = 0; n < text.length; n += 1) {
    const code = text.charCodeAt(n)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return 2 ** 32 * (0x1fffff & b) + (a >>> 0)
}

/** What tells one thing that rows speak of from all others. */
export const subjectOf = ({ rule, name, by, adds, fault }: Fact): string =>
  by !== undefined || adds || fault ? `${rule} ${name}` : `: ${name}`

const needed = 1
const found = 2

/** An event of which rows were seen: whether its own is among them, and the key of one that cannot be without. */
type Known = { isThere: boolean; org: string; event: string; example?: Row }

/**
 * What is kept of all rows while they are read: a number for each thing that has been spoken of from one side only or that
 * something refers to, counts of sets, seats, doors and numberings, and the sort keys of usage logs.
 */
export class Ledger {
  readonly #sums = new Map<number, number>()
  readonly #needs = new Map<number, number>()
  readonly #books = new Map<string, Book>()
  readonly #wrong = new Set<number>()
  readonly events = new Map<string, Known>()
  rows = 0

  take(row: Row): void {
    this.rows += 1
    this.#noteEvent(row)
    judge(row, (fact) => this.#say(fact))
  }

  #say(fact: Fact): void {
    const subject = subjectOf(fact)
    // Nobody looks at objects: nothing can be said of them.
    if (fact.rule === 'object' && !looksAtObjects()) return
    if (fact.adds) {
      const book = this.#books.get(subject) ?? {}
      addTo(book, fact)
      this.#books.set(subject, book)
      return
    }
    const key = digest(subject)
    if (fact.fault) this.#wrong.add(key)
    else if (fact.by !== undefined) {
      const sum = (this.#sums.get(key) ?? 0) + fact.by
      if (sum === 0) this.#sums.delete(key)
      else this.#sums.set(key, sum)
    } else this.#needs.set(key, (this.#needs.get(key) ?? 0) | (fact.needs ? needed : found))
  }

  #noteEvent(row: Row): void {
    const { org, event, form } = formOf(row.pk)
    if (event === '') return
    const e = `${org}#${event}`
    const known = this.events.get(e) ?? { isThere: false, org, event }
    if (row.pk === e) known.isThere = true
    // Changes, and who deleted what, outlive their event for some time.
    else if (!remains.has(form)) known.example ??= { pk: row.pk, sk: row.sk }
    this.events.set(e, known)
  }

  /** What does not come out even, as numbers: whoever says something of it is asked again. */
  suspicious(): Set<number> {
    const all = new Set(this.#wrong)
    for (const key of this.#sums.keys()) all.add(key)
    for (const [key, state] of this.#needs) if (state === needed) all.add(key)
    for (const [subject, book] of this.#books) {
      if (bookFault(subject.slice(0, subject.indexOf(' ')), book)) all.add(digest(subject))
    }
    return all
  }
}

const remains = new Set(['e L 1', 'e L 2', 'e LO 2', 'e D 1'])
