// Letters that Unicode does not take apart (NFKD), as people spell them in addresses.
const spelled: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ŋ: 'n',
  ŧ: 't',
  ə: 'e',
  ƒ: 'f',
  ɓ: 'b',
  ɖ: 'd',
  ɗ: 'd',
  ɛ: 'e',
  ǝ: 'e',
  ƙ: 'k',
  ɔ: 'o',
  ƴ: 'y',
}
const letters = new RegExp(`[${Object.keys(spelled).join('')}]`, 'g')
/** Small letters that Unicode does not take apart, as people type them. */
export const plainLetters = (text: string): string =>
  text.replace(letters, (letter) => spelled[letter] ?? letter)

const greek = 'αβγδεζηθικλμνξοπρστυφχψω'
const greekLatin = 'a b g d e z i th i k l m n x o p r s t y f ch ps o'.split(' ')
const cyrillic = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґђјљњћџўѕ'
const cyrillicLatin =
  'a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g dj j lj nj c dz u dz'.split(
    ' ',
  )
const scripts = new Map([
  ...[...greek].map((letter, n) => [letter, greekLatin[n] ?? ''] as const),
  ...[...cyrillic].map((letter, n) => [letter, cyrillicLatin[n] ?? ''] as const),
  ['ς', 's'] as const,
  // Letters that Cyrillic has for other languages than Slavic ones.
  ...[...'әғқңөұүһҗҙҡҫҳҷӏ'].map((letter, n) => [letter, 'agqnouuhjzqshj'[n] ?? ''] as const),
])

/** A name in the letters of an address, words with hyphens between them; empty where no letter of it has a spelling. */
export const slugOf = (name: string, most: number): string =>
  [...name.normalize('NFC').toLowerCase()]
    .map((letter) => scripts.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replaceAll('&', ' and ')
    .replaceAll('@', ' at ')
    .replace(/^.*$/s, plainLetters)
    .replace(/./gsu, (letter) => scripts.get(letter) ?? letter)
    .replace(/['’ʼ`´]/g, '')
    // A letter without a spelling is no gap between words.
    .replace(/(?![a-z])\p{L}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, most)
    .replace(/-+$/, '')
