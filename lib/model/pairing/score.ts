import { type Phrase, vocabulary } from './words.ts'

/** What a person brings to a round. `id` is unique; texts may be empty and in any letter case. */
export type Candidate = {
  readonly id: string
  readonly interests: readonly string[]
  readonly knows: readonly string[]
  readonly wantsToLearn: readonly string[]
  readonly wantsToMeet: readonly string[]
  readonly title: string
  readonly company: string
}

/** Points for one phrase of one person that the other serves: word for word, or in part. */
export const POINTS = {
  learn: { exact: 6, part: 3 },
  meet: { exact: 5, part: 4 },
  interest: { exact: 2, part: 1 },
} as const

/** Entries of one list that count, so that nobody is everybody's best by listing a dictionary. */
export const LIST_LIMIT = 10

/** What somebody says or is: the phrases themselves, and those with all of their single words. */
export type Have = {
  readonly list: readonly number[]
  readonly bits: number
  readonly phrases: ReadonlySet<number>
  readonly said: ReadonlySet<number>
}

/** A candidate with numbers in place of texts. */
export type Reading = {
  readonly interests: Have
  readonly knows: Have
  readonly learn: Have
  readonly meet: Have
  readonly role: Have
  readonly company: number | undefined
}

/** `score(i, j)` of two people by their place in the list: an integer ≥ 0, the same both ways. */
export type Scoring = {
  readonly readings: readonly Reading[]
  readonly phrases: readonly Phrase[]
  score(i: number, j: number): number
}

/**
 * How well any two of these people serve each other. Two of one company score 0: they can meet at
 * work, and are paired only when nobody else is left.
 */
export function scoring(people: readonly Candidate[]): Scoring {
  const words = vocabulary()
  const readings = people.map((person) => reading(person, words.intern, words.phrases))
  words.seal()
  const served = (wants: Have, has: Have, points: { exact: number; part: number }) => {
    let sum = 0
    if ((wants.bits & has.bits) === 0) return 0
    for (const want of wants.list) {
      const phrase = words.phrases[want]
      if (!phrase || (phrase.bits & has.bits) === 0) continue
      if (has.phrases.has(want)) sum += points.exact
      else if (coversPart(phrase, has)) sum += points.part
    }
    return sum
  }
  const oneWay = (a: Reading, b: Reading) =>
    served(a.learn, b.knows, POINTS.learn) +
    served(a.meet, b.role, POINTS.meet) +
    served(a.interests, b.interests, POINTS.interest)
  const score = (i: number, j: number) => {
    const a = readings[i]
    const b = readings[j]
    if (!a || !b || (a.company !== undefined && a.company === b.company)) return 0
    return oneWay(a, b) + oneWay(b, a)
  }
  return { readings, phrases: words.phrases, score }
}

/** All words of the wish are there (`python` in `python programming`), or a part of it is. */
function coversPart(want: Phrase, has: Have): boolean {
  let said = 0
  for (const word of want.words) if (has.said.has(word)) said++
  if (said === want.words.length) return true
  return said > 0 && want.inside.some((part) => has.phrases.has(part))
}

type Intern = (text: string) => number | undefined

function reading(person: Candidate, intern: Intern, phrases: readonly Phrase[]): Reading {
  const have = (texts: readonly string[]): Have => {
    const own = new Set(texts.slice(0, LIST_LIMIT).flatMap((text) => intern(text) ?? []))
    const said = new Set([...own].flatMap((p) => [p, ...(phrases[p]?.words ?? [])]))
    const bits = [...own].reduce((all, p) => all | (phrases[p]?.bits ?? 0), 0)
    return { list: [...own], bits, phrases: own, said }
  }
  return {
    interests: have(person.interests),
    knows: have(person.knows),
    learn: have(person.wantsToLearn),
    meet: have(person.wantsToMeet),
    role: have([person.title, person.company]),
    company: intern(person.company),
  }
}
