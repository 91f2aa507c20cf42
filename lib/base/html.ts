import sanitizeHtml from 'sanitize-html'
import { isHttpUrl, lengthOf, textOf } from './text.ts'

const tables = ['table', 'caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td']
const lists = ['ul', 'ol', 'li', 'dl', 'dt', 'dd']
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const blocks = ['p', 'div', 'blockquote', 'pre', 'hr', 'br']
const inline = ['a', 'b', 'strong', 'i', 'em', 'u', 's', 'sub', 'sup', 'small', 'code', 'span']

const allowed: sanitizeHtml.IOptions = {
  allowedTags: [...blocks, ...headings, ...lists, ...tables, ...inline],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    ol: ['start'],
    th: ['colspan', 'rowspan', 'scope'],
    td: ['colspan', 'rowspan'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesAppliedToAttributes: ['href'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  // Deeper nesting than any editor makes is dropped, so that no reader's parser is brought down by it.
  nestingLimit: 50,
  transformTags: {
    a: (tagName, attribs) => ({ tagName, attribs: linkAttributes(attribs) }),
  },
}

/**
 * The part of an HTML text that is safe to show in any page: what the allow-list does not name
 * goes, the text in it stays, except for scripts, styles and the like. Cleaning twice changes nothing
 * more: a bare `&` becomes `&amp;` the first time and is left alone ever after.
 */
export function cleanHtml(html: string): string {
  let text = html
  for (let pass = 0; pass < 8; pass += 1) {
    const once = cleanedOnce(text)
    if (once === text) return text
    text = once
  }
  return sanitizeHtml(text, { allowedTags: [], allowedAttributes: {} })
}

/** HTML of at most `max` characters, both as sent and cleaned; what is kept is the cleaned form. */
export const htmlText = (max: number) =>
  textOf(
    `HTML of at most ${max} characters; only formatting and links are kept.`,
    (given) => {
      const tooLong = { problem: `Must not be longer than ${max} characters.` }
      if (lengthOf(given) > max) return tooLong
      const text = cleanHtml(given)
      return lengthOf(text) > max ? tooLong : { text }
    },
    max,
  )

// What goes can bring together what the parser then nests in another way (two links around a template),
// so one pass is not the end. Not NFC: `>` and a combining stroke would merge and take a tag apart.
const cleanedOnce = (html: string): string =>
  sanitizeHtml(html.toWellFormed(), allowed).replace(/(?![\n\t])\p{Cc}/gu, '')

function linkAttributes({ href = '', title }: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const target = href.trim()
  const safe = isHttpUrl(target) || /^mailto:[^\s<>"]+$/i.test(target)
  const told = title === undefined ? {} : { title }
  return safe ? { href: target, ...told, rel: 'noopener' } : told
}
