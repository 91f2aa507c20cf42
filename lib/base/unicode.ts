// Overrides, embeddings and isolates make a text read other than it is kept (UAX #9, section 2).
const overrides = /[\u202a-\u202e\u2066-\u2069]/u
const control = /\p{Cc}/u
// VT, FF, NEL, LS, PS end lines (UAX #14, classes BK and NL); programs write them for Shift+Enter.
const otherLineEnds = /\r\n|[\r\v\f\u0085\u2028\u2029]/g
// Pasted along unnoticed: soft hyphens, zero-width blanks, byte-order marks, deprecated format characters, and what
// Unicode keeps for use within programs.
const unnoticed =
  /[\p{Noncharacter_Code_Point}\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb\u{e0000}-\u{e001f}]/gu
const blanks = /[\n\t\u3164\uffa0]+/g
const ends = /^[\s\u061c\u200e\u200f]+|[\s\u061c\u200e\u200f]+$/g
const unseen = /[\s\p{Default_Ignorable_Code_Point}\u2800]/gu
const inText = /(?![\n\t])\p{Cc}|[\p{Noncharacter_Code_Point}\u202a-\u202e\u2066-\u2069\ufeff]/gu

export const withLineFeeds = (text: string): string => text.replace(otherLineEnds, '\n')

/** Running text as it is kept: lines end in LF; what nobody sees goes, but what some scripts mark words with stays. */
export const runningText = (given: string): string =>
  withLineFeeds(given).replace(inText, '').normalize('NFC')

/** A name as it is kept: one line, NFC, with the joiners and direction marks that its script needs inside. */
export const oneLine = (given: string): string =>
  withLineFeeds(given)
    .replace(blanks, ' ')
    .replace(unnoticed, '')
    .replace(ends, '')
    .normalize('NFC')

/** A text without what was pasted along unnoticed: for addresses, in which none of it means anything. */
export const withoutUnnoticed = (given: string): string =>
  given.replace(unnoticed, '').replace(ends, '')

/** False for what looks empty: blanks, fillers, joiners and marks alone. */
export const isSeen = (text: string): boolean => text.replace(unseen, '') !== ''

/** Why no single line of ours holds this text. */
export function lineProblem(text: string): string | undefined {
  if (!text.isWellFormed()) return 'Must be well-formed Unicode.'
  if (control.test(text)) return 'Must not contain control characters.'
  return overrides.test(text) ? 'Must not contain direction overrides or embeddings.' : undefined
}

/** Why no path holds this text as one segment: gateways hand paths over decoded, cut at `?`, and swallow dots. */
export function pathProblem(text: string): string | undefined {
  if (/[/\\?]/.test(text)) return 'Must not contain a slash, a backslash or a question mark.'
  return /^\.\.?$/.test(text) ? 'Must not be a dot path.' : undefined
}
