/** What Lambda answers at most, 6 MB, less the room that its envelope and the headers take. */
const most = 6 * 1024 * 1024 - 65_536

/** True when a function can answer this, as it is really sent: a text as a JSON string, bytes in base64. */
export function fitsAnswer(data: string | Uint8Array): boolean {
  if (typeof data !== 'string') return Math.ceil(data.byteLength / 3) * 4 <= most
  // Six bytes are the longest that a character can become; without control characters, two of each are.
  if (data.length * 6 + 2 <= most) return true
  if (!longEscape.test(data) && Buffer.byteLength(data) * 2 + 2 <= most) return true
  return Buffer.byteLength(JSON.stringify(data)) <= most
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that JSON has no short escape for.
const longEscape = /[\0-\x07\v\x0e-\x1f]/
