import { wordsOf } from '#lib/base/words.ts'
import type { Person } from './person.ts'

/** As many words of one person are kept. */
const most = 40

type Named = Pick<Person, 'firstName' | 'lastName' | 'email' | 'company'>

/** The words by which a person is found: of name, company and e-mail address. */
export const personWords = ({ firstName, lastName, email, company }: Named): string[] =>
  wordsOf(`${firstName} ${lastName} ${email} ${company}`).slice(0, most)

/** Whether each wanted word begins one of these (all in their searched form). */
export const matches = (wanted: string[], words: string[]): boolean =>
  wanted.every((one) => words.some((word) => word.startsWith(one)))

/** The better the smaller: how many of the wanted words are no whole word of these. */
export const distance = (wanted: string[], words: string[]): number =>
  wanted.filter((one) => !words.includes(one)).length
