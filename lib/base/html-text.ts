import { attributeOf, decoded, type Element, type Node, treeOf } from './html-tree.ts'

// Characters that Unicode reserves for use within a program mark what is decided later: the edge of a block, a blank or a line end that stays
// one, where an address begins and ends.
const edge = '\ufdd0'
const kept = '\ufdd1'
const addressEnd = '\ufdd2'
const addressStart = '\ufdd3'
const lineEnd = '\ufdd4'

const blocks = new Set(
  'p div h1 h2 h3 h4 h5 h6 table caption tr ul ol dl dt section article header footer'.split(' '),
)
const around = new Set('table thead tbody tfoot tr ul ol dl'.split(' '))
const cells = new Set(['td', 'th'])

/**
 * The text of cleaned HTML for places without markup, such as calendars, that says what the HTML says: where links
 * lead, what is an item of which list, which cells stand beside each other, what is struck out.
 */
export function textOfHtml(html: string): string {
  // Text without any markup is plain text, and its line ends are meant.
  const text = html.includes('<') ? settled(textOf(treeOf(html))) : decoded(html)
  return text
    .replace(/\ufdd2(?=[\p{L}\p{N}/_(<~-])/gu, ' ')
    .replace(/(?<=[\p{L}\p{N}])\ufdd3/gu, ' ')
    .replace(/[\ufdd2\ufdd3]/g, '')
    .replaceAll(kept, ' ')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function textOf(nodes: Node[], parent?: Element): string {
  let text = ''
  let item = (parent?.name === 'ol' && Number(attributeOf(parent, 'start'))) || 1
  let hasCell = false
  for (const node of nodes) {
    if (typeof node === 'string') {
      if (!parent || !around.has(parent.name) || /\S/.test(node)) text += collapsed(node)
      continue
    }
    if (node.name === 'li') text += itemOf(node, parent?.name === 'ol' ? `${item++}.` : '-')
    else if (cells.has(node.name)) {
      text += (hasCell ? `${kept}|${kept}` : '') + inOneLine(textOf(node.children, node))
      hasCell = true
    } else text += elementOf(node)
  }
  return text
}

const elements: Record<string, (inside: string, element: Element) => string> = {
  br: () => '\n',
  hr: () => `${edge}---${edge}`,
  a: (inside, element) => linked(inside, addressOf(attributeOf(element, 'href'))),
  dd: (inside) => prefixed(inside, kept + kept),
  blockquote: (inside) => prefixed(inside, `>${kept}`),
  s: (inside) => between(inside, '~~'),
  del: (inside) => between(inside, '~~'),
  strike: (inside) => between(inside, '~~'),
  sup: (inside) => inDigits(inside, '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻'),
  sub: (inside) => inDigits(inside, '₀₁₂₃₄₅₆₇₈₉₊₋'),
}

function elementOf(element: Element): string {
  const { name, children } = element
  if (name === 'pre') return edge + textOf(children.map(verbatim)) + edge
  const inside = textOf(children, element)
  if (blocks.has(name)) return edge + inside + edge
  return elements[name]?.(inside, element) ?? inside
}

const collapsed = (text: string): string => text.replace(/[ \t\n\r\f]+/g, ' ')

/** Text with its blocks in lines of their own. */
const settled = (text: string): string =>
  text
    // A line break just before the end of a block is no further line.
    .replace(/ *\n? *\ufdd0[ \ufdd0]*/g, edge)
    .replace(/^[ \ufdd0]+|[ \ufdd0]+$/g, '')
    .replaceAll(edge, '\n')
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .replaceAll(lineEnd, '\n')

const inOneLine = (text: string): string => settled(text).replace(/\n+/g, ' ')

/** Blanks and line ends of preformatted text stay as they are. */
const verbatim = (node: Node): Node =>
  typeof node === 'string'
    ? node.replace(/[ \t]/g, kept).replaceAll('\n', lineEnd)
    : { ...node, children: node.children.map(verbatim) }

function itemOf({ children, ...element }: Element, mark: string): string {
  const inside = settled(textOf(children, { children, ...element }))
  if (inside === '') return edge
  const [first = '', ...others] = inside.split('\n')
  const indent = kept.repeat(mark.length + 1)
  return edge + [mark + kept + first, ...others.map((line) => indent + line)].join('\n') + edge
}

function prefixed(inside: string, prefix: string): string {
  const lines = settled(inside).split('\n')
  return edge + lines.map((line) => prefix + line).join('\n') + edge
}

/** What stands around the words of an element stays around what is put in their place. */
function inPlace(inside: string, put: (words: string) => string): string {
  const [, before = '', words = '', after = ''] =
    /^([\s\ufdd0]*)([\s\S]*?)([\s\ufdd0]*)$/.exec(inside) ?? []
  return before + put(words) + after
}

const between = (inside: string, mark: string): string =>
  inPlace(inside, (words) => (words === '' ? '' : mark + words + mark))

/** Raised and lowered numbers have letters of their own; other text can only stand as it is. */
const inDigits = (inside: string, digits: string): string =>
  /^[0-9+\-−]+$/.test(inside)
    ? [...inside].map((one) => digits['0123456789+-'.indexOf(one === '−' ? '-' : one)]).join('')
    : inside

/** Behind the words of a link stands where it leads, unless they say just that. */
const linked = (inside: string, address: string): string =>
  inPlace(inside, (words) => {
    if (address === '') return words
    const isSaid = words === '' || bare(words) === bare(address)
    return `${isSaid ? addressStart + address : `${words} (${address})`}${addressEnd}`
  })

/** A mail address without its scheme and what follows it: nobody writes those down. */
function addressOf(href: string): string {
  const [, scheme = '', rest = ''] = /^(mailto|tel|sms):([^?]*)/i.exec(href) ?? []
  return scheme === '' ? href : unescaped(rest)
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What two spellings of one address have in common. */
const bare = (address: string): string =>
  address
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:|tel:)/, '')
    .replace(/\/$/, '')
