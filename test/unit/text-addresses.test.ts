import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import {
  canonicalEmail,
  colour,
  email,
  externalId,
  externalSystem,
  httpUrl,
  isHttpUrl,
  pathName,
  slug,
} from '#lib/base/text.ts'
import { read, refused } from '#test/support/reading.ts'

const unicode = fc.string({ unit: 'binary', maxLength: 60 })

describe('an e-mail address', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['o\u2019neil@x.io', 'o\u2019neil@x.io'],
    ["o'neil+tag@x.io", "o'neil+tag@x.io"],
    ['e\u0301@x.io', 'é@x.io'],
    ['É@x.io', 'é@x.io'],
    ['\u200eada@x.io\u200b', 'ada@x.io'],
    ['\ufeffada@\u200bx.io', 'ada@x.io'],
    ['a@bücher.example', 'a@xn--bcher-kva.example'],
    ['a@BÜCHER.example', 'a@xn--bcher-kva.example'],
  ])('%j is kept as %j', (given, kept) => {
    expect(read(email, given)).toBe(kept)
  })

  it.each([
    ['', 'nothing'],
    ['ada', 'no domain'],
    ['@x.io', 'no local part'],
    ['a@b@x.io', 'two signs'],
    ['a b@x.io', 'a blank'],
    ['a@x', 'no dot'],
    ['a..b@x.io', 'two dots'],
    ['.a@x.io', 'a dot in front'],
    ['"a b"@x.io', 'quotes'],
    ['a@127.0.0.1', 'an address of a machine'],
    ['a@0x7f.1', 'another spelling of one'],
    ['a@[::1]', 'a literal'],
    ['a@-x.io', 'a hyphen in front'],
    ['\ufb01@x.io', 'a ligature that imitates fi'],
    ['\uff41@x.io', 'a full-width letter'],
    ['a\u202e@x.io', 'an override'],
    ['a\u200d@x.io', 'a joiner'],
    ['a\0@x.io', 'NUL'],
    ['a\n@x.io', 'a line end'],
    ['a@x.io, b@x.io', 'two addresses'],
  ])('%j is refused: %s', (given) => {
    expect(read(email, given)).toEqual({ refused: 'Must be an e-mail address.' })
    expect(canonicalEmail(given)).toBeUndefined()
  })

  it('refuses half a character', () => {
    expect(read(email, '\ud800@x.io')).toEqual(refused(/Unicode/))
    expect(canonicalEmail('\ud800@x.io')).toBeUndefined()
  })

  it('lower-cases to something that stays the same, dotted capital I included', () => {
    const once = canonicalEmail('\u0130@x.io') ?? ''
    expect(canonicalEmail(once)).toBe(once)
  })

  it('can have 254 characters, 64 of them before the sign', () => {
    const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(57)}.io`
    const longest = `${'x'.repeat(64)}@${domain}`
    expect(longest).toHaveLength(limits.emailLength.value - 1)
    expect(canonicalEmail(longest.replace('c.', 'cc.'))).toHaveLength(254)
    expect(canonicalEmail(longest.replace('c.', 'ccc.'))).toBeUndefined()
    expect(canonicalEmail(`${'x'.repeat(65)}@x.io`)).toBeUndefined()
  })

  it('has a canonical form that is its own canonical form', () => {
    const part = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(part, fc.domain(), (local, domain) => {
        const once = canonicalEmail(`${local}@${domain}`)
        if (once !== undefined) expect(canonicalEmail(once)).toBe(once)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a URL', () => {
  it.each([
    'http://x.io',
    'HTTPS://X.io/A?b=c#d',
    'https://münchen.example/ä',
    'http://x.io:81/',
    'https://x.io/രാജന്\u200d',
  ])('%s is kept as given', (text) => {
    expect(read(httpUrl, ` ${text} `)).toBe(text)
  })

  it.each([
    'javascript:alert(1)',
    ' JaVaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example',
    '\\\\evil.example',
    'http:\\\\evil.example',
    'https:/\\evil.example',
    'https:evil.example',
    'https:///evil.example',
    'https://user:secret@x.io',
    'https://user@x.io',
    'http://x.io/a b',
    'http://x.io/\u202e',
    'java\nscript:alert(1)',
    'http://',
    'x.io',
    '/path',
    '',
  ])('%j is refused', (text) => {
    expect(read(httpUrl, text)).toEqual({
      refused: 'Must be an http or https URL without credentials.',
    })
  })

  it('can have exactly the length of the table', () => {
    const longest = `http://x.io/${'a'.repeat(limits.urlLength.value - 12)}`
    expect(read(httpUrl, longest)).toBe(longest)
    expect(read(httpUrl, `${longest}a`)).toEqual(refused(/longer than 2048/))
  })

  it('is never anything but http or https for a browser', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), unicode), (text) => {
        if (isHttpUrl(text)) expect(new URL(text, 'ftp://base/').protocol).toMatch(/^https?:$/)
      }),
    )
  })
})

describe('small texts', () => {
  it('takes colours of six digits in their letter case', () => {
    expect(read(colour, '#aBc012')).toBe('#aBc012')
    for (const text of ['#abc', 'abc012', '#abc0123', '#abc01g', ' #abc012', '', 'red']) {
      expect(read(colour, text)).toEqual(refused(/#RRGGBB/))
    }
  })

  it('takes short codes that read as neither number nor id', () => {
    expect(read(slug, ' DevConf-2026 ')).toBe('devconf-2026')
    expect(read(slug, 'a'.repeat(63))).toBe('a'.repeat(63))
    const uuid = '0b9c1d2e-0000-4000-8000-000000000000'
    for (const text of ['2026', 'a'.repeat(64), '-a', 'a-', 'a b', 'é', 'a/b', 'a_b', uuid, '']) {
      expect(read(slug, text)).toEqual(refused(/letters/))
    }
  })

  it('takes names of other systems that fit into a header', () => {
    for (const text of ['Salesforce', 'SAP S/4 HANA', 'x', 'a'.repeat(64)]) {
      expect(read(externalSystem, text)).toBe(text)
    }
    for (const text of ['', ' a', 'a ', 'é', 'a\nb', 'a'.repeat(65)]) {
      expect(read(externalSystem, text)).toEqual(refused(/./))
    }
  })

  it('keeps ids of other systems to the letter', () => {
    const uuid = '71edb91f-314b-496a-832e-4185ea611bb5'
    const kept = [
      'A#b:C',
      'e\u0301',
      '42',
      '007',
      '🎪',
      'x'.repeat(256),
      uuid,
      'a%2Fb',
      'خانه\u200cای',
    ]
    for (const text of kept) expect(read(externalId, text)).toBe(text)
    for (const text of ['', ' a', 'a ', '\u200d', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(257)]) {
      expect(read(externalId, text)).toEqual(refused(/./))
    }
  })

  it.each([externalId, pathName(100)])('refuses by its reason what no path carries', (schema) => {
    for (const text of ['a/b', '/', 'a\\b', 'who?', 'https://x.io/1']) {
      expect(read(schema, text)).toEqual(refused(/slash, a backslash or a question mark/))
    }
    for (const text of ['.', '..']) expect(read(schema, text)).toEqual(refused(/dot path/))
  })
})
