import { domainToASCII } from 'node:url'
import * as v from 'valibot'
import { isUuid } from './ids.ts'
import { limits } from './limits.ts'

type Reading = { text: string } | { problem: string }
type Reader = (given: string) => Reading

const control = /\p{Cc}/u
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
// Besides zero-width characters, what looks like a blank name: fillers, line and paragraph separators.
const invisible = /[\u200b\u2060-\u2064\ufeff\u2028\u2029\u3164\uffa0\u{e0001}]/u
// Joiners shape real scripts and emoji; elsewhere they only make two equal-looking names different.
const strayJoiner =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])/u
const stripped = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/gu
const localPart = /^[^\s"(),:;<>@[\]\\\p{C}\p{Z}]+$/u
const domainPart = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/**
 * A schema of one text: `read` gives the form to keep or the problem, which never repeats the value.
 * `max` only tells the reference how many characters `read` takes.
 */
export function textOf(description: string, read: Reader, max?: number) {
  return v.pipe(
    v.string('Must be a text.'),
    v.description(description),
    v.metadata(max === undefined ? {} : { maxLength: max }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const reading = dataset.value.isWellFormed()
        ? read(dataset.value)
        : { problem: 'Must be well-formed Unicode.' }
      if ('text' in reading) return reading.text
      addIssue({ message: reading.problem })
      return NEVER
    }),
  )
}

/** One visible line, NFC, ends trimmed, 1 to `max` characters: names, titles, companies. */
export const nameText = (max: number) =>
  textOf(
    `One line of at most ${max} characters, without control or direction characters.`,
    (given) => {
      const text = given.trim().normalize('NFC')
      if (text === '') return { problem: 'Must not be empty.' }
      return judged(text, max, lineProblem(text))
    },
    max,
  )

/** Text of many lines, kept as given but for line ends, NFC and stripped unseen characters. */
export const plainText = (max: number) =>
  textOf(
    `Plain text of at most ${max} characters; tabs and line ends are kept.`,
    (given) => {
      const text = given
        .replaceAll('\r\n', '\n')
        .replaceAll('\r', '\n')
        .replace(stripped, '')
        .normalize('NFC')
      return judged(text, max)
    },
    max,
  )

/** An e-mail address in its canonical form, as `canonicalEmail` gives it. */
export const email = textOf(
  `E-mail address of at most ${limits.emailLength.value} characters; trimmed and lower-cased.`,
  (given) => {
    const text = canonicalEmail(given)
    return text === undefined ? { problem: 'Must be an e-mail address.' } : { text }
  },
  limits.emailLength.value,
)

/** An absolute http or https URL without credentials, as given but for trimmed ends. */
export const httpUrl = textOf(
  `http or https URL of at most ${limits.urlLength.value} characters.`,
  (given) => {
    const text = given.trim()
    const problem = isHttpUrl(text)
      ? undefined
      : 'Must be an http or https URL without credentials.'
    return judged(text, limits.urlLength.value, problem)
  },
  limits.urlLength.value,
)

/** A colour as `#RRGGBB`, in the letter case given. */
export const colour = textOf('Colour as #RRGGBB.', (given) =>
  /^#[0-9a-f]{6}$/i.test(given) ? { text: given } : { problem: 'Must be a colour as #RRGGBB.' },
)

/** A `short_code`: lower-cased; never all digits nor a UUID, which would read as a number or an id. */
export const slug = textOf(
  `1 to ${limits.shortCodeLength.value} letters a-z, digits and inner hyphens, not digits alone.`,
  (given) => {
    const text = given.trim().toLowerCase()
    const good =
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text) && !/^\d+$/.test(text) && !isUuid(text)
    return good
      ? { text }
      : { problem: 'Must be letters a-z, digits and inner hyphens, not digits alone.' }
  },
  limits.shortCodeLength.value,
)

/** The name of another system: printable ASCII, since it also travels in the header ext_id_system. */
export const externalSystem = textOf(
  `1 to ${limits.externalSystemLength.value} printable ASCII characters without blanks at the ends.`,
  (given) => {
    const good = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(given)
    const problem = good ? undefined : 'Must be printable ASCII without blanks at the ends.'
    return judged(given, limits.externalSystemLength.value, problem)
  },
  limits.externalSystemLength.value,
)

/**
 * An id of another system: opaque, case-sensitive, never normalised. What no path can carry is refused: dot paths
 * vanish from URLs, and the gateway hands paths over decoded and cut at a question mark (contract §1).
 */
export const externalId = textOf(
  `1 to ${limits.externalIdLength.value} characters, without control or direction characters.`,
  (given) => {
    const blank = given === '' || given !== given.trim()
    const unusable = blank || given === '.' || given === '..'
    const problem = unusable
      ? 'Must not be empty, a dot path or have blanks at its ends.'
      : /[/\\?]/.test(given)
        ? 'Must not hold a slash, a backslash or a question mark, which no path can carry.'
        : lineProblem(given)
    return judged(given, limits.externalIdLength.value, problem)
  },
  limits.externalIdLength.value,
)

/**
 * The form under which an address is unique and found, or undefined when it is none: trimmed, NFC,
 * lower-cased, domain in ASCII. Local parts that NFKC would change are refused: they imitate others.
 */
export function canonicalEmail(given: string): string | undefined {
  const text = given.trim()
  if (text.length > 2 * limits.emailLength.value || !text.isWellFormed()) return undefined
  const at = text.lastIndexOf('@')
  const local = canonicalLocal(text.slice(0, Math.max(at, 0)))
  const domain = canonicalDomain(text.slice(at + 1))
  if (local === undefined || domain === undefined) return undefined
  const canonical = `${local}@${domain}`
  return lengthOf(canonical) > limits.emailLength.value ? undefined : canonical
}

/** The form under which names are unique: NFKC, lower case, single blanks, no joiners. */
export const canonicalName = (name: string): string =>
  fold(fold(name))
    .replace(/[\u200c\u200d]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .normalize('NFKC')

/** Characters as people count them in a limit: code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  let pairs = 0
  for (let at = 0; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) pairs += 1
  }
  return text.length - pairs
}

/** True for http and https URLs that every reader takes for the same place: no credentials, no `\`. */
export function isHttpUrl(text: string): boolean {
  if (text.length > 2 * limits.urlLength.value || !/^https?:\/\/[^/\\]/i.test(text)) return false
  if (/[\s\\]/.test(text) || lineProblem(text) !== undefined || !URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/**
 * Null, absent and blank text mean absent (undefined): our answers print '' for what is not there and
 * must be accepted back. The key stays present, so PATCH can tell "clear" from "keep".
 */
export function blankAsAbsent<S extends v.GenericSchema>(schema: S) {
  const inner = v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  )
  const run: (typeof inner)['~run'] = (dataset, config) => {
    const blank = typeof dataset.value === 'string' && dataset.value.trim() === ''
    return inner['~run'](blank ? { value: undefined } : dataset, config)
  }
  return { ...inner, '~run': run }
}

function judged(text: string, max: number, problem?: string): Reading {
  if (problem !== undefined) return { problem }
  return lengthOf(text) > max ? { problem: `Must not be longer than ${max} characters.` } : { text }
}

function lineProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'Must be well-formed Unicode.'
  if (control.test(text)) return 'Must not contain control characters.'
  if (bidi.test(text)) return 'Must not contain direction characters.'
  const unseen = invisible.test(text) || strayJoiner.test(text)
  return unseen ? 'Must not contain invisible characters.' : undefined
}

function canonicalLocal(given: string): string | undefined {
  const local = given.normalize('NFC').toLowerCase().normalize('NFC')
  const imitates =
    given.normalize('NFC') !== given.normalize('NFKC') || local !== local.normalize('NFKC')
  const dots = local.startsWith('.') || local.endsWith('.') || local.includes('..')
  const long = lengthOf(local) > limits.emailLocalLength.value
  return imitates || dots || long || !localPart.test(local) ? undefined : local
}

function canonicalDomain(given: string): string | undefined {
  // Only names outside ASCII go through IDNA: it would also turn `0x7f.1` into an IP address.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  const ascii = /^[\x00-\x7f]*$/.test(given) ? given.toLowerCase() : domainToASCII(given)
  return ascii.length <= 253 && domainPart.test(ascii) ? ascii : undefined
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()
