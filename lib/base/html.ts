import type sanitizeHtml from 'sanitize-html'
import { marks, meaningOf, stand, withMeaning } from './html-meaning.ts'
import { withBracketsAsText } from './html-tags.ts'
import { linkSchemes, linkTarget } from './links.ts'
import { onDemand } from './on-demand.ts'
import { shown } from './shown.ts'
import { lengthOf, textOf } from './text.ts'
import { withLineFeeds } from './unicode.ts'

const sanitize = onDemand<typeof sanitizeHtml>('sanitize-html')

const tables = ['table', 'caption', 'colgroup', 'col', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td']
const lists = ['ul', 'ol', 'li', 'dl', 'dt', 'dd']
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const blocks = ['p', 'div', 'blockquote', 'pre', 'hr', 'br']
const inline = ['a', 'b', 'strong', 'i', 'em', 'u', 's', 'sub', 'sup', 'small', 'code', 'span']
// What says something about its text: struck, inserted, marked, quoted, its direction, how it is read.
const telling = ['del', 'ins', 'mark', 'q', 'cite', 'abbr', 'kbd', 'samp', 'var', 'bdi', 'bdo']
const reading = ['ruby', 'rt', 'rp', 'wbr']
const block = 'x-block'
const otherBlocks =
  'address article aside center details dialog dir fieldset figcaption figure footer form header hgroup legend main menu nav search section summary'

const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...blocks,
    ...headings,
    ...lists,
    ...tables,
    ...inline,
    ...telling,
    ...reading,
    block,
    stand,
  ],
  allowedAttributes: {
    '*': ['dir', 'lang', marks],
    [stand]: ['title'],
    a: ['href', 'title', 'rel'],
    abbr: ['title'],
    ol: ['start', 'reversed', { name: 'type', values: ['1', 'a', 'A', 'i', 'I'] }],
    li: ['value'],
    th: ['colspan', 'rowspan', 'scope'],
    td: ['colspan', 'rowspan'],
  },
  allowedSchemes: linkSchemes,
  allowedSchemesAppliedToAttributes: ['href'],
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  // Deeper nesting than any editor makes is dropped, so that no reader's parser is brought down by it.
  nestingLimit: 50,
  transformTags: {
    strike: 's',
    listing: 'pre',
    xmp: 'pre',
    tt: 'code',
    ...Object.fromEntries(otherBlocks.split(' ').map((name) => [name, block])),
  },
  // Line ends that HTML has no mark for (docs/behaviour/requests.md, Text).
  textFilter: (text) => text.replace(/[\v\f\u0085\u2028\u2029]/g, '<br />'),
}
const lines = [...blocks, ...headings, ...lists, ...tables, block].join('|')
const plainBlock = new RegExp(`<${block}([^>]*)>((?:(?!</?(?:${lines})\\b)[^])*)</${block}>`, 'g')

/**
 * The part of an HTML text that is safe to show in any page: what the allow-list does not name
 * goes, the text in it stays, except for scripts, styles and the like. Cleaning twice changes nothing
 * more: a bare `&` becomes `&amp;` the first time and is left alone ever after.
 */
export const cleanHtml = (html: string): string => cleaned(html, new Set())

/** HTML of at most `max` characters, both as sent and cleaned; what is kept is the cleaned form. */
export const htmlText = (max: number) =>
  textOf(
    `HTML of at most ${max} characters; formatting and links are kept. A link that leads nowhere is refused.`,
    (given) => {
      const tooLong = { problem: `Must not be longer than ${max} characters.` }
      if (lengthOf(given) > max) return tooLong
      const dead = new Set<string>()
      const text = cleaned(given, dead)
      if (dead.size > 0) return { problem: deadLinks(dead) }
      return lengthOf(text) > max ? tooLong : { text }
    },
    max,
  )

function deadLinks(dead: ReadonlySet<string>): string {
  const [first = ''] = dead
  const link = shown(first.replace(/\/\/[^/]*@/, '//…@'), 60)
  const which = dead.size === 1 ? 'A link leads' : `${dead.size} links lead`
  return `${which} nowhere: “${link}”. Expected a whole address, such as https://…, mailto:… or tel:….`
}

function cleaned(html: string, dead: Set<string>): string {
  let text = withBracketsAsText(withLineEndsOfHtml(html.toWellFormed()))
  for (let pass = 0; pass < 8; pass += 1) {
    const once = cleanedOnce(text, dead)
    if (once === text) return text
    text = once
  }
  return sanitize()(text, { allowedTags: [], allowedAttributes: {} })
}

const withLineEndsOfHtml = (html: string): string => html.replace(/\r\n?/g, '\n')

// What goes can bring together what the parser then nests in another way (two links around a template),
// so one pass is not the end. Not NFC: `>` and a combining stroke would merge and take a tag apart.
function cleanedOnce(html: string, dead: Set<string>): string {
  const transformTags = {
    ...allowed.transformTags,
    a: (_: string, attribs: sanitizeHtml.Attributes) => link(attribs, dead),
    ...Object.fromEntries(media.map((name) => [name, linkToMedia])),
    '*': (name: string, given: sanitizeHtml.Attributes) => {
      const { tagName, attribs } = meaningOf(name, given)
      return { tagName, attribs: withLanguage(attribs) }
    },
  }
  const safe = sanitize()(html, { ...allowed, transformTags })
  return withMeaning(withParagraphs(withLineFeeds(safe).replace(unkept, '')))
}

const unkept = /(?![\n\t])\p{Cc}|\p{Noncharacter_Code_Point}/gu
const media = ['iframe', 'video', 'audio', 'source', 'embed']

/** No film plays in a description: what remains of it is where it is. */
function linkToMedia(_: string, { src = '' }: sanitizeHtml.Attributes) {
  const target = linkTarget(src)
  if (typeof target === 'string') return { tagName: 'unlinked', attribs: {} }
  return { tagName: 'a', attribs: { href: target.href, rel: 'noopener' } }
}

/** Blocks without a place in the allow-list are paragraphs, or, around other blocks, divisions. */
const withParagraphs = (html: string): string =>
  html
    .replace(plainBlock, '<p$1>$2</p>')
    .replaceAll(`<${block}`, '<div')
    .replaceAll(`</${block}>`, '</div>')

/** A link with an address that works everywhere; without one, only its text stays. */
function link({ href = '', title, rel: _, ...rest }: sanitizeHtml.Attributes, dead: Set<string>) {
  const target = linkTarget(href)
  if (target === 'dead') dead.add(href)
  if (typeof target === 'string') return { tagName: 'unlinked', attribs: rest }
  const told = title === undefined ? {} : { title }
  return { tagName: 'a', attribs: { href: target.href, ...told, rel: 'noopener', ...rest } }
}

function withLanguage({ lang, dir, ...rest }: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const direction = dir?.trim().toLowerCase() ?? ''
  const isTag = lang !== undefined && /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i.test(lang)
  const isDirection = ['ltr', 'rtl', 'auto'].includes(direction)
  return { ...(isDirection && { dir: direction }), ...(isTag && { lang }), ...rest }
}
