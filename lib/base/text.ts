import { domainToASCII } from 'node:url'
import * as v from 'valibot'
import { isUuid } from './ids.ts'
import { limits } from './limits.ts'
import {
  isSeen,
  lineProblem,
  oneLine,
  pathProblem,
  runningText,
  withoutUnnoticed,
} from './unicode.ts'

type Reading = { text: string } | { problem: string }
type Reader = (given: string) => Reading

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
    `One line of at most ${max} characters, without control characters or direction overrides.`,
    (given) => readName(given, max),
    max,
  )

/** A name by which a path may name its object: what no path carries is refused. */
export const pathName = (max: number) =>
  textOf(
    `One line of at most ${max} characters, without slashes, backslashes or question marks.`,
    (given) => {
      const name = readName(given, max)
      const problem = 'text' in name ? pathProblem(name.text) : undefined
      return problem === undefined ? name : { problem }
    },
    max,
  )

/** Text of many lines, kept as given but for line ends, NFC and unseen characters. */
export const plainText = (max: number) =>
  textOf(
    `Plain text of at most ${max} characters; tabs and line ends are kept.`,
    (given) => judged(runningText(given), max),
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
    const text = withoutUnnoticed(given)
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

/** An id of another system: opaque, case-sensitive, never normalised, and of a form that paths carry. */
export const externalId = textOf(
  `1 to ${limits.externalIdLength.value} characters, without control characters, direction overrides, slashes, backslashes or question marks.`,
  (given) => {
    const blank = given !== given.trim() || !isSeen(given)
    const problem = blank
      ? 'Must not be empty or have blanks at its ends.'
      : (lineProblem(given) ?? pathProblem(given))
    return judged(given, limits.externalIdLength.value, problem)
  },
  limits.externalIdLength.value,
)

/**
 * The form under which an address is unique and found, or undefined when it is none: trimmed, NFC,
 * lower-cased, domain in ASCII. Local parts that NFKC would change are refused: they imitate others.
 */
export function canonicalEmail(given: string): string | undefined {
  if (given.length > 4 * limits.emailLength.value || !given.isWellFormed()) return undefined
  const text = withoutUnnoticed(given)
  const at = text.lastIndexOf('@')
  const local = canonicalLocal(text.slice(0, Math.max(at, 0)))
  const domain = canonicalDomain(text.slice(at + 1))
  if (local === undefined || domain === undefined) return undefined
  const canonical = `${local}@${domain}`
  return lengthOf(canonical) > limits.emailLength.value ? undefined : canonical
}

/** The form under which names are unique: NFKC, lower case, single blanks, nothing unseen. */
export const canonicalName = (name: string): string =>
  fold(fold(name))
    .replace(/[\u061c\u200c-\u200f]/g, '')
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

function readName(given: string, max: number): Reading {
  const text = oneLine(given)
  return isSeen(text) ? judged(text, max, lineProblem(text)) : { problem: 'Must not be empty.' }
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
