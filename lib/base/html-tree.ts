/** An element of cleaned HTML, or text in it. */
export type Element = { name: string; attributes: string; children: Node[] }
export type Node = string | Element

// Cleaned HTML has no `<` or `>` but those of its tags, and quotes in attributes are escaped.
const tokens = /<(\/?)([a-z][a-z0-9]*)([^>]*)>|[^<]+|</g
const empty = new Set(['br', 'hr', 'col', 'wbr'])

/** The tree of cleaned HTML, in which every element that is opened is closed. */
export function treeOf(html: string): Node[] {
  const root: Element = { name: '', attributes: '', children: [] }
  const open = [root]
  for (const [token, closing, name, attributes = ''] of html.matchAll(tokens)) {
    const parent = open.at(-1) ?? root
    if (name === undefined) parent.children.push(decoded(token))
    else if (closing)
      open.length = Math.max(
        1,
        open.findLastIndex((one) => one.name === name),
      )
    else {
      const element = { name, attributes, children: [] }
      parent.children.push(element)
      if (!empty.has(name)) open.push(element)
    }
  }
  return root.children
}

/** The value of an attribute; empty when there is none. */
export const attributeOf = ({ attributes }: Element, name: string): string =>
  decoded(new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')

/** The cleaner writes four of these, editors the others. All in one pass, or `&amp;lt;` would be decoded twice. */
export const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (name) => named[name] ?? name)
    : text

const named: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
  '&amp;': '&',
}
