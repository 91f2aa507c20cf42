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
  const lines = apart(text).replaceAll(kept, ' ').split('\n')
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Keeps addresses apart from the words around them. */
const apart = (text: string): string =>
  text.includes(addressEnd)
    ? text
        .replace(/\ufdd3/g, (_, at: number) => (isWord.test(text.charAt(at - 1)) ? ' ' : ''))
        .replace(/\ufdd2(.?)/g, (_, next: string) => (opensWord.test(next) ? ` ${next}` : next))
    : text

const isWord = /[\p{L}\p{N}]/u
const opensWord = /[\p{L}\p{N}/_(<~-]/u

function textOf(nodes: Node[], parent?: Element): string {
  let text = ''
  const numbers = numbersOf(nodes, parent)
  let hasCell = false
  for (const node of nodes) {
    if (typeof node === 'string') {
      if (!parent || !around.has(parent.name) || /\S/.test(node)) text += collapsed(node)
      continue
    }
    if (node.name === 'li') text += itemOf(node, numbers.get(node) ?? '-')
    else if (lists.has(node.name) && lists.has(parent?.name ?? ''))
      text += prefixed(elementOf(node), kept + kept)
    else if (cells.has(node.name)) {
      text += (hasCell ? `${kept}|${kept}` : '') + inOneLine(textOf(node.children, node))
      hasCell = true
    } else text += elementOf(node)
  }
  return text
}

const lists = new Set(['ul', 'ol'])

/** The marks of the items of a numbered list. */
function numbersOf(nodes: Node[], list?: Element): Map<Node, string> {
  const items = nodes.filter((node) => typeof node !== 'string' && node.name === 'li')
  if (list?.name !== 'ol') return new Map()
  const isDown = /\sreversed\b/.test(list.attributes)
  const type = attributeOf(list, 'type')
  let number = whole(attributeOf(list, 'start')) ?? (isDown ? items.length : 1)
  return new Map(
    items.map((item) => {
      number = whole(attributeOf(item as Element, 'value')) ?? number
      const mark = `${numeral(number, type)}.`
      number += isDown ? -1 : 1
      return [item, mark]
    }),
  )
}

const whole = (text: string): number | undefined =>
  /^-?\d{1,9}$/.test(text) ? Number(text) : undefined

const romans = 'm 1000 cm 900 d 500 cd 400 c 100 xc 90 l 50 xl 40 x 10 ix 9 v 5 iv 4 i 1'.split(' ')

/** A number as its list shows it (CSS Counter Styles 3): letters and Roman numerals where they reach. */
function numeral(number: number, type: string): string {
  const small = type.toLowerCase()
  if (!/^[ai]$/.test(small) || number < 1 || number > 3999) return String(number)
  const text = small === 'a' ? inLetters(number) : inRoman(number)
  return small === type ? text : text.toUpperCase()
}

function inLetters(number: number): string {
  const last = String.fromCharCode(97 + ((number - 1) % 26))
  return number > 26 ? inLetters(Math.floor((number - 1) / 26)) + last : last
}

function inRoman(number: number): string {
  let [text, left] = ['', number]
  for (let n = 0; n < romans.length; n += 2) {
    const value = Number(romans[n + 1])
    text += (romans[n] ?? '').repeat(Math.floor(left / value))
    left %= value
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

const collapsed = (text: string): string =>
  /[\t\n\r\f]| {2}/.test(text) ? text.replace(/[ \t\n\r\f]+/g, ' ') : text

/** Text with its blocks in lines of their own; a line break just before the end of a block is no further line. */
function settled(text: string): string {
  const parts = text.split(edge)
  const lines: string[] = []
  for (const [n, part] of parts.entries()) {
    const line = trimmed(part.includes('\n') ? part.replace(/ *\n */g, '\n') : part)
    if (line === '') continue
    lines.push(n < parts.length - 1 && line.endsWith('\n') ? line.slice(0, -1) : line)
  }
  const all = lines.join('\n')
  return (all.includes('  ') ? all.replace(/ {2,}/g, ' ') : all).replaceAll(lineEnd, '\n')
}

/** Without the blanks around it; line ends stay. */
function trimmed(line: string): string {
  let [from, to] = [0, line.length]
  while (line[from] === ' ') from += 1
  while (to > from && line[to - 1] === ' ') to -= 1
  return line.slice(from, to)
}

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
