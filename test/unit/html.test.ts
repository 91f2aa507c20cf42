import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { cleanHtml, htmlText } from '#lib/base/html.ts'
import { textOfHtml } from '#lib/base/html-text.ts'

describe('HTML of a session', () => {
  it.each([
    ['<p>Hi <b>all</b></p><ul><li>one</li></ul>', '<p>Hi <b>all</b></p><ul><li>one</li></ul>'],
    ['<p onclick="x()" style="x" class="y">a</p>', '<p>a</p>'],
    ['a<script>alert(1)</script>b', 'ab'],
    ['<img src=x onerror=alert(1)>', ''],
    ['<iframe src="javascript:x()"></iframe>', ''],
    ['<svg onload=alert(1)><p>a</p></svg>', '<p>a</p>'],
    ['<a href="javascript:alert(1)">x</a>', 'x'],
    ['<a href="java&#10;script:alert(1)">x</a>', 'x'],
    ['<a href=" java\tscript:alert(1)">x</a>', 'x'],
    ['<a href="data:text/html,x">x</a>', 'x'],
    ['<a href="#top">x</a><a name=top>y</a>', 'xy'],
    [
      '<a href=" https://x.io " target="_blank">x</a>',
      '<a href="https://x.io" rel="noopener">x</a>',
    ],
    ['<a href="mailto:a@x.io">x</a>', '<a href="mailto:a@x.io" rel="noopener">x</a>'],
    ['<table><tr><td colspan=2>a</table>', '<table><tr><td colspan="2">a</td></tr></table>'],
    ['<b>open', '<b>open</b>'],
    ['<form action=x><input name=y>a</form>', '<p>a</p>'],
    ['a < b', 'a &lt; b'],
  ])('%s is kept as %s', (given, kept) => {
    expect(cleanHtml(given)).toBe(kept)
  })

  it.each([['del', 's', 'ins', 'u', 'sub', 'sup', 'mark', 'q', 'kbd', 'ruby']])(
    'keeps what its words mean: %s',
    (...tags) => {
      for (const tag of tags) {
        const html = `<p>Room <${tag}>101</${tag}> 202</p>`
        expect(cleanHtml(html)).toBe(html)
      }
      expect(cleanHtml('Room <strike>101</strike>')).toBe('Room <s>101</s>')
    },
  )

  it.each(['section', 'article', 'address', 'figcaption', 'center', 'main', 'details', 'header'])(
    'makes a paragraph of a %s, or a division around others',
    (tag) => {
      expect(cleanHtml(`<${tag}>one</${tag}><${tag} lang="de">two</${tag}>`)).toBe(
        '<p>one</p><p lang="de">two</p>',
      )
      expect(cleanHtml(`<${tag}><h2>one</h2><p>two</p></${tag}>`)).toBe(
        '<div><h2>one</h2><p>two</p></div>',
      )
    },
  )

  it('keeps direction and language, wherever they stand', () => {
    for (const html of [
      '<p dir="rtl" lang="he">שלום</p>',
      '<span dir="auto" lang="zh-Hant">台灣</span>',
      '<td dir="ltr">C++</td>',
    ]) {
      expect(cleanHtml(html)).toContain(html)
    }
    expect(cleanHtml('<div dir="RTL" lang="&quot;>">a</div>')).toBe('<div dir="rtl">a</div>')
    expect(cleanHtml('<p dir="up">a</p>')).toBe('<p>a</p>')
  })

  it.each(['\v', '\f', '\u0085', '\u2028', '\u2029'])('breaks a line at %j', (end) => {
    expect(cleanHtml(`<p>one${end}two</p>`)).toBe('<p>one<br />two</p>')
    expect(cleanHtml(`<abbr title="one${end}two">x</abbr>`)).toBe('<abbr title="one\ntwo">x</abbr>')
  })

  it.each(['\r', '\r\n', '&#13;', '\n'])('takes %j for a line feed', (end) => {
    expect(cleanHtml(`<p>one${end}two</p>`)).toBe('<p>one\ntwo</p>')
  })

  it.each([
    ['Write to <jane@example.org>!', 'Write to &lt;jane@example.org&gt;!'],
    ['See <https://example.org/a?b=c>', 'See &lt;https://example.org/a?b=c&gt;'],
    ['Map<String, List<Integer>> by Ada', 'Map&lt;String, List&lt;Integer&gt;&gt; by Ada'],
    ['<Your name>, welcome', '&lt;Your name&gt;, welcome'],
    ['<p>Speaker: <TBA></p>', '<p>Speaker: &lt;TBA&gt;</p>'],
    ['if a<b and c>d', 'if a&lt;b and c&gt;d'],
    ['x <i or y> z <b>really</b>', 'x &lt;i or y&gt; z <b>really</b>'],
    ['<td nowrap>x</td><p title>y</p>', '<td>x</td><p>y</p>'],
    ['<o:p>Word</o:p><my-tag>x</my-tag><foo>y</foo><path d="M0"/>', 'Wordxy'],
  ])('keeps text in angle brackets: %s', (given, kept) => {
    expect(cleanHtml(given)).toBe(kept)
    expect(cleanHtml(kept)).toBe(kept)
  })

  it.each([
    ['mailto:desk@example.org?subject=Talk 1', 'mailto:desk@example.org?subject=Talk%201'],
    ['https://example.org/my file.pdf', 'https://example.org/my%20file.pdf'],
    ['tel:+49 30 1234567', 'tel:+49301234567'],
    ['www.example.org/x', 'https://www.example.org/x'],
    ['//example.org/x', 'https://example.org/x'],
    ['webcal://example.org/a.ics', 'webcal://example.org/a.ics'],
    ['https://example.org/\n  long', 'https://example.org/%20%20long'],
    ['\u200bhttps://example.org\ufeff', 'https://example.org'],
    ['jane@example.org', 'mailto:jane@example.org'],
    ['HTTPS://Example.org/ä', 'HTTPS://Example.org/ä'],
    ['ftp://example.org/a', 'ftp://example.org/a'],
    ['irc://example.org/#room', 'irc://example.org/#room'],
    ['sms:+49 30 1;?&body=see you', 'sms:+49301;?&amp;body=see%20you'],
  ])('repairs or keeps the link %j', (href, kept) => {
    const once = `<a href="${kept}" rel="noopener">x</a>`
    expect(cleanHtml(`<a href="${href}">x</a>`)).toBe(once)
    expect(cleanHtml(once)).toBe(once)
    expect(v.safeParse(htmlText(200), `<a href="${href}">x</a>`).success).toBe(true)
  })

  it.each([
    '/login',
    'talk.html',
    'intent://example.org',
    'https://user:pw@example.org',
    'https:example.org',
    'http:\\\\example.org',
    'intent://x',
    'mailto:',
  ])('refuses a link that leads nowhere in place of keeping it dead: %s', (href) => {
    const result = v.safeParse(htmlText(200), `<p><a href="${href}">x</a></p>`)
    expect(result.issues?.[0]?.message).toMatch(/^A link leads nowhere: .*https/)
  })

  it('names the link that leads nowhere, without its credentials', () => {
    const messageOf = (html: string) => v.safeParse(htmlText(200), html).issues?.[0]?.message
    expect(messageOf('<a href="talk.html">x</a>')).toContain('“talk.html”')
    expect(messageOf('<a href="https://ann:secret@e.org">x</a>')).toContain('“https://…@e.org”')
    expect(messageOf('<a href="a">x</a><a href="b">y</a>')).toMatch(/^2 links lead nowhere: “a”/)
  })

  it.each([
    ['<span style="text-decoration:line-through">101</span> 202', '<span><s>101</s></span> 202'],
    [
      '<p style="TEXT-DECORATION-LINE: line-through">A <i>b</i></p>',
      '<p><s>A </s><i><s>b</s></i></p>',
    ],
    ['10<span style="vertical-align:super">2</span>', '10<span><sup>2</sup></span>'],
    ['<span style="font-weight:700;font-style:italic">a</span>', '<span><b><i>a</i></b></span>'],
    ['<b style="font-weight:normal" id="docs-internal-guid"><p>a</p></b>', '<span><p>a</p></span>'],
    ['<b style="mso-bidi-font-weight:normal">a</b>', '<b>a</b>'],
    [
      '<h2 style="font-weight:bold">a</h2><s style="text-decoration:line-through">b</s>',
      '<h2>a</h2><s>b</s>',
    ],
    ['<ol style="list-style-type:lower-alpha"><li>x</li></ol>', '<ol type="a"><li>x</li></ol>'],
    ['<ol type="I"><li>x</li></ol><ol type="x"></ol>', '<ol type="I"><li>x</li></ol><ol></ol>'],
    ['<p x-marks="script">a</p>', '<p>a</p>'],
  ])('keeps what editors say by style: %s', (given, kept) => {
    expect(cleanHtml(given)).toBe(kept)
    expect(cleanHtml(kept)).toBe(kept)
  })

  it.each([
    ['Hi<img src="a.png" alt="Portrait of Ada">there', 'Hi Portrait of Ada there'],
    ['Hi<img src="a.png">there', 'Hi there'],
    ['<p><img src=x alt="😀">(<img alt="a">)</p>', '<p>😀 (a)</p>'],
    ['<img alt="<script>alert(1)</script>">', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<input type="checkbox" checked> done <input type="checkbox">', '☑ done ☐'],
    ['<label>Name</label><button>Go</button>', 'Name Go'],
    ['<x-stand title="a">b</x-stand>', 'a b'],
  ])('puts words in place of what cannot be shown, and never glues others: %s', (given, kept) => {
    expect(cleanHtml(given)).toBe(kept)
    expect(cleanHtml(kept)).toBe(kept)
  })

  it.each([
    ['<iframe src="https://e.org/v?a=1&amp;b"></iframe>', 'https://e.org/v?a=1&amp;b'],
    ['<video controls><source src="https://e.org/v"></video>', 'https://e.org/v'],
    ['<a href="https://e.org/v"><img src="logo.png"></a>', 'https://e.org/v'],
    ['<a href="https://e.org/v"> </a>', 'https://e.org/v', ' '],
    ['<audio src="https://e.org/v">Listen</audio>', 'https://e.org/v', 'Listen'],
  ])('shows where films and pictures with a link lead: %s', (given, address, words = '') => {
    const inside = words.trim() === '' ? words + address : words
    const kept = `<a href="${address}" rel="noopener">${inside}</a>`
    expect(cleanHtml(given)).toBe(kept)
    expect(cleanHtml(kept)).toBe(kept)
  })

  it('writes a bare ampersand as an entity once, so that an answer can be sent back', () => {
    expect(cleanHtml('Q&A')).toBe('Q&amp;A')
    expect(cleanHtml('Q&amp;A')).toBe('Q&amp;A')
    expect(textOfHtml('Q&amp;A')).toBe('Q&A')
  })

  it('is measured as kept, not only as sent', () => {
    const schema = htmlText(10)
    expect(v.safeParse(schema, '<p>abc</p>').output).toBe('<p>abc</p>')
    expect(v.safeParse(schema, '<p>abcd</p>').success).toBe(false)
    expect(v.safeParse(schema, '&&&').success).toBe(false)
  })

  it('becomes lines of text for places without markup', () => {
    const html = '<h2>A &lt;b&gt;</h2><ul><li>one</li><li>two</li></ul><p>x<br />y&nbsp;</p>'
    expect(textOfHtml(html)).toBe('A <b>\n- one\n- two\nx\ny')
    expect(textOfHtml('a &amp;lt; b')).toBe('a &lt; b')
  })
})
