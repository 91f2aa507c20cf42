import { canonicalEmail, isHttpUrl } from './text.ts'
import { withoutUnnoticed } from './unicode.ts'

/** What a link of cleaned HTML may name: pages, and what WHATWG HTML (section 8.9.1) holds safe to be opened by them. */
export const linkSchemes =
  'http https mailto tel sms smsto webcal geo ftp ftps sftp im irc ircs matrix mms news nntp magnet openpgp4fpr sip ssb ssh urn xmpp bitcoin'.split(
    ' ',
  )
const other = new RegExp(`^(?:${linkSchemes.slice(2).join('|')}):[^\\s<>"\\\\]+$`, 'i')
// Of these a page would be run, not opened: the link goes, its text stays. So it does where none was given.
const noLink = /^(?:javascript|data|vbscript|#|$)/i

/**
 * The address of a link as it is kept, repaired as browsers and mail programs would (WHATWG URL): line ends taken
 * out, blanks encoded, `www.` and `//` completed. `none` where there was no address to keep, `dead` where nobody can say
 * what was meant: relative addresses, unknown schemes.
 */
export function linkTarget(given: string): { href: string } | 'none' | 'dead' {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what URL parsers take out
  const plain = withoutUnnoticed(given.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ''))
  if (noLink.test(plain)) return 'none'
  const href = completed(plain).replace(/\s/g, encodeURIComponent)
  return isHttpUrl(href) || other.test(href) ? { href } : 'dead'
}

const unspaced = (number: string): string => number.replace(/\s/g, '')

function completed(address: string): string {
  if (/^www\.[^\s/]/i.test(address)) return `https://${address}`
  if (/^\/\/[^\s/\\]/.test(address)) return `https:${address}`
  if (/^(?:tel|sms):/i.test(address)) return address.replace(/^[^;?]*/, unspaced)
  return canonicalEmail(address) === undefined ? address : `mailto:${address}`
}
