import type sanitizeHtml from 'sanitize-html'

type Tag = { tagName: string; attribs: sanitizeHtml.Attributes }

/** Stands in cleaned HTML for what has no place in it, with the words that tell of it. */
export const stand = 'x-stand'
/** On an element whose style says of its text what elements say as well. */
export const marks = 'x-marks'

// What an editor's style says, and the elements that say so themselves.
const styles: [mark: string, property: RegExp, value: RegExp, alike: string][] = [
  ['s', /^text-decoration(?:-line)?$/, /line-through/, 's strike del'],
  ['b', /^font-weight$/, /^(?:bold|bolder|[6-9]\d\d)\b/, 'b strong th h1 h2 h3 h4 h5 h6'],
  ['i', /^font-style$/, /^(?:italic|oblique)/, 'i em cite'],
  ['sup', /^vertical-align$/, /^super/, 'sup'],
  ['sub', /^vertical-align$/, /^sub/, 'sub'],
]
const bold = new Set(['b', 'strong'])
const numbering: Record<string, string> = {
  'lower-alpha': 'a',
  'lower-latin': 'a',
  'upper-alpha': 'A',
  'upper-latin': 'A',
  'lower-roman': 'i',
  'upper-roman': 'I',
}
// Between words they part them; what else they say is lost without a page around.
const parting = new Set('img input button label svg math object canvas'.split(' '))

/** An element whose style or kind says something as one that says the same in cleaned HTML. */
export function meaningOf(tagName: string, { [marks]: _, ...attribs }: Tag['attribs']): Tag {
  if (parting.has(tagName))
    return { tagName: stand, attribs: { title: wordsFor(tagName, attribs) } }
  const declared = declarations(attribs.style ?? '')
  // Google Docs wraps what it copies into <b style="font-weight:normal">.
  const isPlain = bold.has(tagName) && /^(?:normal|400)\b/.test(declared.get('font-weight') ?? '')
  const found = styles.filter(([, property, value, alike]) =>
    [...declared].some(
      ([name, text]) =>
        property.test(name) && value.test(text) && !alike.split(' ').includes(tagName),
    ),
  )
  const type = tagName === 'ol' ? numbering[declared.get('list-style-type') ?? ''] : undefined
  return {
    tagName: isPlain ? 'span' : tagName,
    attribs: {
      ...attribs,
      ...(type !== undefined && { type }),
      ...(found.length > 0 && { [marks]: found.map(([mark]) => mark).join(' ') }),
    },
  }
}

/** What is shown of a picture or a box to tick where neither can be. */
function wordsFor(tagName: string, { alt = '', type = '', checked }: Tag['attribs']): string {
  if (tagName === 'img') return alt.replace(/\s+/g, ' ').trim()
  if (tagName !== 'input' || type.toLowerCase() !== 'checkbox') return ''
  return checked === undefined ? '☐' : '☑'
}

const declarations = (style: string): Map<string, string> =>
  new Map(
    style.split(';').map((one) => {
      const at = one.indexOf(':')
      return [
        one.slice(0, at).trim().toLowerCase(),
        one
          .slice(at + 1)
          .trim()
          .toLowerCase(),
      ]
    }),
  )

/** Cleaned HTML with elements in place of what `meaningOf` has noted, and an address for links that show nothing. */
export const withMeaning = (html: string): string =>
  withShownLinks(html.includes('x-') ? withMarks(withWords(html)) : html)

const stands = new RegExp(`<${stand}(?: title="([^"]*)")?[^>]*>|</${stand}>`, 'g')
// Where words were put, or something between words has gone: no text has this character (`lib/base/unicode.ts`).
const joint = '\ufdd0'

/** Words in place of what had them, apart from those around. */
const withWords = (html: string): string =>
  html
    .replace(stands, (_, words = '') => joint + words + joint)
    .replace(
      /([^\s>([\ufdd0]?)\ufdd0+(?=([^\s<,.;:!?)\]])?)/gu,
      (_, before: string, after?: string) => (before && after ? `${before} ` : before),
    )

/** Text inside an element with marks, in elements of its own for each of them. */
function withMarks(html: string): string {
  if (!html.includes(` ${marks}=`)) return html
  const open: string[][] = []
  return html.replace(
    /<(\/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+/g,
    (token, closing, name, attributes) => {
      if (name === undefined) return marked(token, new Set(open.flat()))
      if (closing) open.pop()
      const [said = '', wanted = ''] = markedBy.exec(attributes) ?? []
      if (!closing && !empty.has(name)) open.push(wanted.split(' ').filter(Boolean))
      return token.replace(said, '')
    },
  )
}

const markedBy = new RegExp(` ${marks}="([^"]*)"`)
const empty = new Set(['br', 'hr', 'col', 'wbr'])

const marked = (text: string, wanted: ReadonlySet<string>): string =>
  text.trim() === ''
    ? text
    : [...wanted].reduceRight((inside, mark) => `<${mark}>${inside}</${mark}>`, text)

const shownNothing = /(<a href="([^"]*)"[^>]*>(?:\s|<(?!\/?a\b)[^>]*>)*)<\/a>/g

/** A link that shows nothing, as one around a picture does, shows where it leads. */
const withShownLinks = (html: string): string => html.replace(shownNothing, '$1$2</a>')
