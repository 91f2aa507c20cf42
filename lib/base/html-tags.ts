// HTML's elements, old ones too, that can be written without attributes: what looks like a tag and is none of them
// is text that somebody put into angle brackets.
const elements = new Set(
  `a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
  button canvas caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl
  dt element em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr
  html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu
  menuitem meta meter multicol nav nextid nobr noembed noframes noscript object ol optgroup option output p param picture
  plaintext pre progress q rb rp rt rtc ruby s samp script search section select shadow slot small source spacer span
  strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var
  video wbr xmp`.split(/\s+/),
)

/**
 * HTML in which text in angle brackets (`<jane@example.org>`, `List<String>`, `a<b and c>d`) is escaped, so that no
 * parser swallows it: names that no element has, without attributes, and never closed.
 */
export function withBracketsAsText(html: string): string {
  const closed = new Set(
    [...html.matchAll(/<\/([a-z][^\s<>]*)/gi)].map(([, name = '']) => name.toLowerCase()),
  )
  return html.replace(/<([a-z][^<>]*)(>?)/gi, (tag, inside: string, end: string) =>
    isText(inside, closed) ? `&lt;${inside}${end && '&gt;'}` : tag,
  )
}

// Attributes that are written without a value.
const bare =
  /^(?:allowfullscreen|async|autofocus|autoplay|checked|compact|controls|default|defer|disabled|download|hidden|inert|ismap|itemscope|loop|multiple|muted|nohref|noresize|noshade|novalidate|nowrap|open|playsinline|readonly|required|reversed|selected|truespeed)$/i

/** `<b and c>`, of “a<b and c>d”: words where attributes would stand, and nothing that closes it. */
const isComparison = (name: string, inside: string, closed: ReadonlySet<string>): boolean =>
  !closed.has(name) &&
  /^\S+(?:\s+[\p{L}\p{N}]+)+\s*$/u.test(inside) &&
  inside
    .trim()
    .split(/\s+/)
    .slice(1)
    .every((word) => !bare.test(word))

function isText(inside: string, closed: ReadonlySet<string>): boolean {
  const name = (/^[^\s/]*/.exec(inside)?.[0] ?? '').toLowerCase()
  if (elements.has(name)) return isComparison(name, inside, closed)
  if (/^\S+@\S+$/.test(inside) || /^https?:\/?\S*$|^www\./i.test(inside)) return true
  return !/[=/]/.test(inside) && !/[:-]/.test(name) && !closed.has(name)
}
