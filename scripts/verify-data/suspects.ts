import type { Fact, Place, Row } from './facts.ts'
import { judge } from './judge.ts'
import { digest, subjectOf } from './ledger.ts'

/** Something that does not come out even, and where all are who speak of it. */
export type Suspect = { subject: string; rule: string; name: string; places: Map<string, Place> }

/** Of one thing that many refer to, so many are asked. */
const mostPlaces = 200

const placeName = ({ pk, sk = '', from = '', to = '' }: Place): string =>
  `${pk} ${sk} ${from} ${to}`

/** Finds in the rows, read a second time, who speaks of what is suspicious. */
export class Search {
  readonly suspects = new Map<string, Suspect>()
  readonly #wanted: Set<number>

  constructor(wanted: Set<number>) {
    this.#wanted = wanted
  }

  take(row: Row): void {
    judge(row, (fact) => {
      const subject = subjectOf(fact)
      if (this.#wanted.has(digest(subject))) this.#note(row, fact, subject)
    })
  }

  #note({ pk, sk }: Row, { rule, name, ...fact }: Fact, subject: string): void {
    const known = this.suspects.get(subject)
    const suspect = known ?? { subject, rule, name, places: new Map() }
    this.suspects.set(subject, suspect)
    if (suspect.rule === '') suspect.rule = rule
    for (const place of [{ pk, sk }, ...(fact.with?.() ?? [])]) {
      if (suspect.places.size < mostPlaces) suspect.places.set(placeName(place), place)
    }
  }
}
