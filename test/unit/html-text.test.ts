import { expect, test } from 'vitest'
import { textOfHtml } from '#lib/base/html-text.ts'

const one = '<a href="https://e.org/1">'

test.each([
  // Where links lead, apart from the words around them.
  [
    '<p>Join <a href="https://m.org/r?a=1&amp;b=2">here</a>.</p>',
    'Join here (https://m.org/r?a=1&b=2).',
  ],
  [`<p>Slides: ${one}download</a>next</p>`, 'Slides: download (https://e.org/1) next'],
  [`see${one}https://e.org/1</a>now`, 'see https://e.org/1 now'],
  [`${one}e.org/1</a>`, 'https://e.org/1'],
  [`${one}</a>`, 'https://e.org/1'],
  [`${one}<p>Block</p></a>after`, 'Block (https://e.org/1)\nafter'],
  [`${one}a</a>${one}b</a>`, 'a (https://e.org/1) b (https://e.org/1)'],
  ['<a href="mailto:desk@e.org?subject=x">the desk</a>', 'the desk (desk@e.org)'],
  ['<a href="mailto:desk@e.org">desk@e.org</a>', 'desk@e.org'],
  ['<a href="tel:+49%20301">call</a> <a>dead</a>', 'call (+49 301) dead'],
  // Items of lists.
  ['<ul><li>one<ul><li>in</li></ul></li><li>b</li></ul>', '- one\n  - in\n- b'],
  ['<ul><li><p>two</p><p>more</p></li></ul>', '- two\n  more'],
  ['<ol start="9"><li>a</li><li>b<br>c</li></ol>', '9. a\n10. b\n    c'],
  ['<ol><li>a</li></ol><ol><li>b</li></ol>', '1. a\n1. b'],
  ['<ul><li></li><li>x</li></ul>', '- x'],
  ['<ul><li>one</li><ul><li>in</li></ul></ul>', '- one\n  - in'],
  ['<ol reversed><li>a</li><li>b</li></ol>', '2. a\n1. b'],
  ['<ol><li value="5">a</li><li>b</li></ol>', '5. a\n6. b'],
  ['<ol type="a" start="26"><li>x</li><li>y</li></ol>', 'z. x\naa. y'],
  ['<ol type="A"><li>x</li></ol><ol type="I" start="4"><li>y</li></ol>', 'A. x\nIV. y'],
  ['<ol type="i" start="0"><li>x</li><li>y</li></ol>', '0. x\ni. y'],
  ['<dl><dt>T</dt><dd>D</dd></dl>', 'T\n  D'],
  // Cells.
  ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>end', 'a | b\nc\nend'],
  ['<table><tr>\n<th>T</th>\n<th></th>\n<th>R</th>\n</tr></table>', 'T |  | R'],
  ['<table><tr><td><p>9</p><p>10</p></td><td>x<br>y</td></tr></table>', '9 10 | x y'],
  // What is struck out, raised, lowered, quoted.
  ['<p>Room <s>101</s> 202, <del>a b </del>c <strike></strike></p>', 'Room ~~101~~ 202, ~~a b~~ c'],
  ['10<sup>5</sup> H<sub>2</sub>O 1<sup>st</sup>', '10⁵ H₂O 1st'],
  ['<blockquote><p>Said</p><p>so</p></blockquote>by', '> Said\n> so\nby'],
  // Lines and blanks.
  ['<p>x<br></p><p><br></p><p>y</p><hr><p>z</p>', 'x\n\ny\n---\nz'],
  ['<b>a\n b</b> c<strong> d</strong>', 'a b c d'],
  ['<pre>a  <b>b\n\n c</b></pre>x', 'a  b\n\n c\nx'],
  ['plain\ntext &amp; more', 'plain\ntext & more'],
  ['<p>a &amp;lt;b&amp;gt; &lt;c&gt;</p>', 'a &lt;b&gt; <c>'],
])('%s says %j', (html, text) => {
  expect(textOfHtml(html)).toBe(text)
})
