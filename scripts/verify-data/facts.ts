import type { CountedSet } from '#lib/table/buckets.ts'
import type { Key } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type Row = Key & Record<string, unknown>
/** A row, or rows of one partition; `also`: rows that are named by what was found there. */
export type Place = {
  pk: string
  sk?: string
  from?: string
  to?: string
  also?: (rows: Row[]) => Place[]
}

/** What rows add to a book: sums, or the greatest and the least for names that begin so; texts are gathered. */
export type Adds = Record<string, number | string>
export type Fault = { rule: string; expected: string; found: string }

/**
 * What one row says about something that other rows speak of as well. `by`: all of it together is 0. `needs` and `there`:
 * whoever needs it finds it there. `adds`: what is added up is judged as a whole. `fault`: wrong by itself.
 */
export type Fact = {
  rule: string
  name: string
  by?: number
  needs?: true
  there?: true
  adds?: Adds
  fault?: Fault
  /** Where everybody is who may speak of the same, beside the row itself. */
  with?: () => Place[]
  /** The row that would make it right, and whether this one may go to make it right. */
  wanted?: Row
  loose?: true
  /** The set that is counted, and which member of it this row is. */
  set?: CountedSet
  member?: string
}

const stamps = new Set(['pk', 'sk', 'w', 'q', 'kind', 'swept'])

/** A row in one line, whatever the order of its attributes. */
export function lineOf(row: Row): string {
  let line = `${row.pk} ${row.sk}`
  for (const name of Object.keys(row).sort()) {
    if (!stamps.has(name) && row[name] !== undefined) line += ` ${name}=${textOf(row[name])}`
  }
  return line
}

export function textOf(value: unknown): string {
  if (value instanceof Set) return JSON.stringify([...value].sort())
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${entries
    .map(([name, one]) => `${name}:${textOf(one)}`)
    .sort()
    .join()}}`
}

export const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`

/** One row, with what can be said about it. */
export class Seen {
  readonly row: Row
  readonly scope: EventScope
  /** What follows the kind in the partition key. */
  readonly args: string[]
  readonly say: (fact: Fact) => void

  constructor(row: Row, scope: EventScope, args: string[], say: (fact: Fact) => void) {
    this.row = row
    this.scope = scope
    this.args = args
    this.say = say
  }

  /** Another row stands because this one is as it is. */
  wants(rule: string, wanted: Row): void {
    const { pk, sk } = wanted
    this.say({ rule, name: lineOf(wanted), by: 1, with: () => [{ pk, sk }], wanted })
  }

  /** This row stands, with these of its attributes, because one of the others is as it is. */
  stands(rule: string, owners: () => Place[], values: string[] = []): void {
    const { pk, sk } = this.row
    const row: Row = { pk, sk }
    for (const name of values) row[name] = this.row[name]
    this.say({ rule, name: lineOf(row), by: -1, with: owners, loose: true })
  }

  /** Two rows say the same, one for each side. */
  agrees(rule: string, name: string, by: number, others: () => Place[]): void {
    this.say({ rule, name, by, with: others })
  }

  needs(rule: string, key: Key): void {
    this.say({ rule, name: nameOf(key), needs: true, with: () => [key] })
  }

  needsNamed(rule: string, name: string, places: () => Place[]): void {
    this.say({ rule, name, needs: true, with: places })
  }

  isThere(name = nameOf(this.row)): void {
    this.say({ rule: '', name, there: true })
  }

  adds(rule: string, name: string, adds: Adds, places: () => Place[]): void {
    this.say({ rule, name, adds, with: places })
  }

  wrong(rule: string, expected: string, found: string): void {
    this.say({ rule, name: nameOf(this.row), fault: { rule, expected, found } })
  }
}

/** Rules of one kind of row: a sample of its partition key, and what a row says. */
export type Rules = [pk: string, judge: (seen: Seen) => void]

/** Rows that we wrote are trusted to have the shape `T`. */
export const on = <T>(pk: string, judge: (row: T & Row, seen: Seen) => void): Rules => [
  pk,
  (seen) => judge(seen.row as T & Row, seen),
]
