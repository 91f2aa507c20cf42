import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanHtml } from '#lib/base/html.ts'

const pieces = fc.constantFrom(
  ...['<', '>', '"', "'", '&', '/', '=', ' ', '\n', '\0', '\u0001', '\u0338', 'a', 'b', 'é', '🎪'],
  ...[
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '<a href="',
    '<a href=//x>',
    'javascript:',
    'https://x.io',
    '&lt;',
  ],
  ...[
    '&amp;',
    '&#1;',
    '&#60;',
    '&nbsp;',
    '<!--',
    '-->',
    '<script>',
    '</script>',
    '<svg>',
    '<style>',
  ],
  ...[
    '<img src=x onerror=alert(1)>',
    '<td colspan="2">',
    '<textarea>',
    '<math>',
    '<![CDATA[',
    '<br>',
  ],
  ...[
    '<noscript>',
    '<template>',
    '<iframe srcdoc="',
    ' onclick="',
    '<ol start=3>',
    '<li>',
    '</ul>',
  ],
)
const hostile = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''))

const anyHtml = fc.oneof(hostile, fc.string({ unit: 'binary' }))
const runs = { numRuns: 3000 }

it('is the same after any number of cleanings', () => {
  fc.assert(
    fc.property(anyHtml, (html) => {
      const once = cleanHtml(html)
      expect(cleanHtml(once)).toBe(once)
    }),
    runs,
  )
})

it('leaves nothing that runs', () => {
  fc.assert(
    fc.property(anyHtml, (html) => {
      const once = cleanHtml(html)
      expect(once).not.toMatch(/<(?:script|img|svg|iframe|style|template|form)|<[^>]*\son\w+=/i)
      expect(once.replace(/ href="(?:https?:|mailto:)[^"]*"/g, '')).not.toContain(' href')
    }),
    runs,
  )
})
