import { plainLetters } from './slug.ts'

/** Characters of a word that are looked at. */
const longest = 24

/** The words by which a text is found, each once: also the parts of an e-mail address and of a word with hyphens. */
export function wordsOf(text: string): string[] {
  const parts = tokens(text).flatMap((word) => [joined(word), ...word.split(/[@._+'-]+/)])
  return unique(parts)
}

/** The words that are asked for: what stands together is one. */
export const wantedWords = (text: string): string[] => unique(tokens(text).map(joined))

/** In small letters without accents; `'` for every apostrophe. */
const tokens = (text: string): string[] =>
  plainLetters(text.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, ''))
    .normalize('NFC')
    .replace(/['’ʼ`´]/g, "'")
    .split(/[^\p{L}\p{N}@._+'-]+/u)
    .map((word) => word.replace(/^[@._+'-]+|[@._+'-]+$/g, ''))

const joined = (word: string): string => word.replaceAll("'", '')

const unique = (words: string[]): string[] => [
  ...new Set(words.filter(Boolean).map((word) => [...word].slice(0, longest).join(''))),
]
