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
    ['<iframe src="https://x.io"></iframe>', ''],
    ['<svg onload=alert(1)><p>a</p></svg>', '<p>a</p>'],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="java&#10;script:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="//evil.example">x</a>', '<a>x</a>'],
    ['<a href="/login">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    [
      '<a href=" https://x.io " target="_blank">x</a>',
      '<a href="https://x.io" rel="noopener">x</a>',
    ],
    ['<a href="mailto:a@x.io">x</a>', '<a href="mailto:a@x.io" rel="noopener">x</a>'],
    ['<table><tr><td colspan=2>a</table>', '<table><tr><td colspan="2">a</td></tr></table>'],
    ['<b>open', '<b>open</b>'],
    ['<form action=x><input name=y>a</form>', 'a'],
    ['a < b', 'a &lt; b'],
  ])('%s is kept as %s', (given, kept) => {
    expect(cleanHtml(given)).toBe(kept)
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
