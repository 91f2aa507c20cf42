import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidate, LIST_LIMIT, POINTS, scoring } from '#lib/model/pairing/score.ts'
import { wordsOf } from '#lib/model/pairing/words.ts'
import { somePeople } from '#test/support/pairing-people.ts'

const nobody: Candidate = {
  id: 'a',
  interests: [],
  knows: [],
  wantsToLearn: [],
  wantsToMeet: [],
  title: '',
  company: '',
}
const between = (a: Partial<Candidate>, b: Partial<Candidate>) =>
  scoring([
    { ...nobody, ...a },
    { ...nobody, id: 'b', ...b },
  ]).score(0, 1)

describe('what two people are worth to each other', () => {
  test('a wish to learn counts when the other knows it, whatever the letters look like', () => {
    const learns = { wantsToLearn: ['Machine  Learning'] }
    expect(between(learns, { knows: ['machine learning'] })).toBe(POINTS.learn.exact)
    expect(between(learns, { knows: ['LEARNING, machine!'] })).toBe(POINTS.learn.exact)
    expect(between({ wantsToLearn: ['café culture'] }, { knows: ['CAFE CULTURES'] })).toBe(6)
  })

  test('it counts both ways', () => {
    const a = { wantsToLearn: ['law'], knows: ['finance'] }
    const b = { wantsToLearn: ['finance'], knows: ['law'] }
    expect(between(a, b)).toBe(2 * POINTS.learn.exact)
  })

  test('a wider or narrower phrase counts in part, a mere word in common does not', () => {
    const knows = (text: string) => ({ knows: [text] })
    expect(between({ wantsToLearn: ['python'] }, knows('python programming'))).toBe(3)
    expect(between({ wantsToLearn: ['python programming'] }, knows('Python'))).toBe(3)
    expect(between({ wantsToLearn: ['machine learning'] }, knows('learning languages'))).toBe(0)
  })

  test('a wish to meet looks at title and company', () => {
    expect(between({ wantsToMeet: ['Investors'] }, { title: 'investor' })).toBe(POINTS.meet.exact)
    expect(between({ wantsToMeet: ['founder'] }, { title: 'Co-Founder & CEO' })).toBe(4)
    expect(between({ wantsToMeet: ['acme'] }, { company: 'ACME Ltd' })).toBe(POINTS.meet.part)
  })

  test('common interests count for both', () => {
    expect(between({ interests: ['jazz', 'go'] }, { interests: ['Go', 'chess'] })).toBe(4)
  })

  test('two of one company score nothing, two without a company do', () => {
    const same = { interests: ['jazz'], company: 'Acme' }
    expect(between(same, { ...same, company: 'ACME' })).toBe(0)
    expect(between({ interests: ['jazz'] }, { interests: ['jazz'] })).toBe(4)
  })

  test('C, C++ and C# are three things', () => {
    expect(new Set(['C', 'C++', 'C#'].map((text) => wordsOf(text).join())).size).toBe(3)
  })

  test('entries over the limit of a list are not read', () => {
    const many = Array.from({ length: LIST_LIMIT }, (_, n) => `topic${n}`)
    expect(between({ wantsToLearn: [...many, 'law'] }, { knows: ['law'] })).toBe(0)
    expect(between({ wantsToLearn: [...many.slice(1), 'law'] }, { knows: ['law'] })).toBe(6)
  })

  test('is the same whole number both ways for any texts', () => {
    const text = fc.oneof(fc.constantFrom('a b', 'b', 'c a b', 'ss', ''), fc.string())
    const list = fc.array(text, { maxLength: 4 })
    const person = fc.record({
      id: fc.string(),
      interests: list,
      knows: list,
      wantsToLearn: list,
      wantsToMeet: list,
      title: text,
      company: text,
    })
    fc.assert(
      fc.property(person, person, (a, b) => {
        const { score } = scoring([a, b])
        expect(score(0, 1)).toBe(score(1, 0))
        expect(Number.isSafeInteger(score(0, 1)) && score(0, 1) >= 0).toBe(true)
      }),
    )
  })

  test('depends on the two alone, not on who else is there', () => {
    const people = somePeople(40, 3)
    const [a, b] = people
    if (!a || !b) throw new Error('two people')
    expect(scoring([a, b]).score(0, 1)).toBe(scoring(people).score(0, 1))
  })
})
