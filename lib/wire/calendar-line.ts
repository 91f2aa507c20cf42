const widest = 75

/** A text value (RFC 5545 §3.3.11). Control characters have no place in one. */
export const escaped = (text: string): string =>
  text
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/(?!\t)\p{Cc}/gu, '')

/** A URI value: not escaped as text is, so what text would escape is percent-encoded. */
export const uriOf = (url: string): string =>
  (URL.canParse(url) ? new URL(url).href : encodeURI(url))
    .replaceAll(',', '%2C')
    .replaceAll(';', '%3B')
    .replaceAll('\\', '%5C')

/** A content line in pieces of at most 75 octets, no character cut in two (RFC 5545 §3.1). */
export function folded(line: string): string {
  if (line.length <= widest / 3) return line
  const width = Buffer.byteLength(line)
  if (width <= widest) return line
  return width === line.length ? inPieces(line) : inWholeCharacters(line)
}

/** One octet a character. */
function inPieces(line: string): string {
  let text = line.slice(0, widest)
  for (let at = widest; at < line.length; at += widest - 1) {
    text += `\r\n ${line.slice(at, at + widest - 1)}`
  }
  return text
}

function inWholeCharacters(line: string): string {
  const bytes = Buffer.from(line)
  let text = ''
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + (from === 0 ? widest : widest - 1), bytes.length)
    // A byte of the form 10xxxxxx goes on with a character.
    while (((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1
    text += (from === 0 ? '' : '\r\n ') + bytes.toString('utf8', from, to)
    from = to
  }
  return text
}
