/**
 * A phrase of the vocabulary: its single words, the shorter phrases made of some of them, and the
 * bits of its words, by which most phrases without a word in common are told apart at once.
 */
export type Phrase = {
  readonly words: readonly number[]
  readonly bits: number
  inside: readonly number[]
}

/**
 * Numbers for phrases, so that people are compared by integers and not by text.
 * Letter case, accents, punctuation, word order and a plural s make no difference.
 */
export type Vocabulary = {
  readonly phrases: readonly Phrase[]
  /** The number of a text, or undefined when it holds no word. */
  intern(text: string): number | undefined
  /** Fills every phrase's `inside`; call it once, when all texts are known. */
  seal(): void
}

// Longer texts are sentences: looking for every part of one would cost 2^words.
const LONGEST_DIVIDED = 6
const WORDS_READ = 12

export function vocabulary(): Vocabulary {
  const numbers = new Map<string, number>()
  const phrases: Phrase[] = []

  const numberOf = (words: readonly string[]): number => {
    const key = words.join(' ')
    const known = numbers.get(key)
    if (known !== undefined) return known
    const own = words.length > 1 ? words.map((word) => numberOf([word])) : [phrases.length]
    phrases.push({ words: own, bits: own.reduce((all, w) => all | (1 << (w & 31)), 0), inside: [] })
    numbers.set(key, phrases.length - 1)
    return phrases.length - 1
  }

  return {
    phrases,
    intern: (text) => {
      const words = wordsOf(text)
      return words.length === 0 ? undefined : numberOf(words)
    },
    seal: () => {
      for (const [key, own] of numbers) {
        const phrase = phrases[own]
        if (phrase) phrase.inside = partsOf(key.split(' ')).flatMap((k) => numbers.get(k) ?? [])
      }
    },
  }
}

/** The first words of a text, sorted, each once. `C++` and `C#` stay what they are. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  const words = plain.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}+#]*/gu) ?? []
  return [...new Set(words.slice(0, WORDS_READ).map(singular))].sort()
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/** Every shorter choice of the words, as keys. */
function partsOf(words: readonly string[]): string[] {
  if (words.length < 2 || words.length > LONGEST_DIVIDED) return []
  const parts: string[] = []
  for (let mask = 1; mask < 2 ** words.length - 1; mask++) {
    parts.push(words.filter((_, bit) => mask & (1 << bit)).join(' '))
  }
  return parts
}
