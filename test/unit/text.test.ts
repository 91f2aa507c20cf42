import { toJsonSchema } from '@valibot/to-json-schema'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import {
  blankAsAbsent,
  canonicalEmail,
  canonicalName,
  colour,
  email,
  externalId,
  externalSystem,
  httpUrl,
  isHttpUrl,
  lengthOf,
  nameText,
  pathName,
  plainText,
  slug,
} from '#lib/base/text.ts'

type Schema = v.GenericSchema<unknown, unknown>
const read = (schema: Schema, value: unknown) => {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : { refused: result.issues[0].message }
}
const refused = (message: RegExp) => ({ refused: expect.stringMatching(message) })
const unicode = fc.string({ unit: 'binary', maxLength: 60 })

const refusedInNames = [
  ['NUL', '\0'],
  ['a C0 control', '\u0007'],
  ['an escape', '\u001b'],
  ['DEL', '\u007f'],
  ['a C1 control', '\u0090'],
  ['a right-to-left override', '\u202e'],
  ['a left-to-right embedding', '\u202a'],
  ['the end of an embedding', '\u202c'],
  ['an isolate', '\u2066'],
  ['a lone surrogate', '\ud800'],
] as const

const takenOut = [
  ['a soft hyphen', '\u00ad'],
  ['a zero-width space', '\u200b'],
  ['a word joiner', '\u2060'],
  ['an invisible plus', '\u2064'],
  ['a byte order mark', '\ufeff'],
  ['a Mongolian vowel separator', '\u180e'],
  ['a deprecated format character', '\u206f'],
  ['a character that Unicode keeps for programs', '\ufdd0'],
  ['the last of a plane', '\u{10ffff}'],
] as const

const lineEnds = ['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029']

describe('a name', () => {
  const name = nameText(10)

  it('is composed, so that what looks the same is the same', () => {
    expect(read(name, '  Zoe\u0308 \t')).toBe('Zoë')
  })

  it.each(refusedInNames)('refuses %s', (_, character) => {
    expect(read(name, `a${character}b`)).toEqual(refused(/control|direction|Unicode/))
  })

  it.each(takenOut)('loses %s that was pasted along', (_, character) => {
    expect(read(name, `${character}a${character}b${character}`)).toBe('ab')
  })

  it.each(lineEnds)('is one line: %j is a blank', (end) => {
    expect(read(name, `a${end}b${end}`)).toBe('a b')
  })

  it.each(['', '   ', '\n', '\u3164', '\u200d', '\u200c\u200e', '\ufeff', '\u2800', '\ufe0f'])(
    'refuses to look empty: %j',
    (text) => {
      expect(read(name, text)).toEqual(refused(/empty/))
    },
  )

  it('keeps joiners, which scripts and emoji need at the end of words too', () => {
    const inside = ['می\u200cخواهم', 'क्\u200dष', '👩\u200d💻', '👩🏽\u200d🚀', 'ශ්\u200dරී', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']
    const atEnds = ['രാജന്\u200d', 'হঠাত্\u200d', 'خانه\u200c ای', 'ه\u200d.ش', 'क्\u200d']
    for (const text of [...inside, ...atEnds]) expect(read(name, text)).toBe(text.normalize('NFC'))
  })

  it('keeps direction marks inside and loses them at its ends', () => {
    expect(read(name, 'דנה\u200f כהן')).toBe('דנה\u200f כהן')
    for (const mark of ['\u200e', '\u200f', '\u061c']) {
      expect(read(name, ` ${mark}Anna ${mark}`)).toBe('Anna')
    }
  })

  it('counts characters and not UTF-16 units', () => {
    expect(read(name, '🎪'.repeat(10))).toBe('🎪'.repeat(10))
    expect(read(name, '🎪'.repeat(11))).toEqual(refused(/longer than 10/))
  })

  it('can have exactly the length of the table', () => {
    const schema = nameText(limits.nameLength.value)
    expect(read(schema, 'a'.repeat(200))).toBe('a'.repeat(200))
    expect(read(schema, 'a'.repeat(201))).toEqual(refused(/longer than 200/))
  })

  it('comes back from its own answer unchanged', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        const once = read(nameText(100), text)
        if (typeof once === 'string') expect(read(nameText(100), once)).toBe(once)
      }),
    )
  })

  it('is described with its length', () => {
    expect(toJsonSchema(name, { typeMode: 'input', errorMode: 'throw' })).toMatchObject({
      type: 'string',
      description: expect.stringContaining('10'),
    })
  })
})

describe('a long text', () => {
  it('loses controls, overrides and byte order marks, but neither lines nor tabs', () => {
    expect(read(plainText(100), 'a\r\nb\tc\rd\0\u202ee\ufefff')).toBe('a\nb\tc\ndef')
  })

  it.each(lineEnds)('ends its lines in one way: %j', (end) => {
    expect(read(plainText(100), `one${end}two`)).toBe('one\ntwo')
  })

  it('keeps the zero-width spaces with which Khmer and Thai mark words', () => {
    expect(read(plainText(100), 'ភាសា\u200bខ្មែរ')).toBe('ភាសា\u200bខ្មែរ')
  })

  it('keeps the direction marks that Hebrew and Arabic texts carry', () => {
    expect(read(plainText(100), 'שלום\u200f!')).toBe('שלום\u200f!')
  })

  it('refuses half a character', () => {
    expect(read(plainText(100), 'a\udc00')).toEqual(refused(/Unicode/))
  })

  it('can have exactly the length of the table', () => {
    const { value } = limits.aboutLength
    expect(read(plainText(value), 'a'.repeat(value))).toBe('a'.repeat(value))
    expect(read(plainText(value), 'a'.repeat(value + 1))).toEqual(refused(/longer/))
  })

  it('comes back from its own answer unchanged', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        const once = read(plainText(100), text)
        if (typeof once === 'string') expect(read(plainText(100), once)).toBe(once)
      }),
    )
  })
})

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

describe('the canonical form of a name', () => {
  it('joins what people take for one name', () => {
    const same = [
      'Ladies  & Gents',
      'ladies & gents',
      ' LADIES\u00a0& GENTS',
      'Ladies & Gen\u200dts',
      'Ladies\u200f & Gents',
    ]
    expect(new Set(same.map(canonicalName)).size).toBe(1)
  })

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        const once = canonicalName(text)
        expect(canonicalName(once)).toBe(once)
      }),
      { numRuns: 2000 },
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

describe('a field that may be absent', () => {
  const body = v.strictObject({ url: blankAsAbsent(httpUrl), name: blankAsAbsent(nameText(5)) })

  it('takes null, nothing or blanks for absent', () => {
    expect(v.parse(body, { url: '', name: null })).toStrictEqual({
      url: undefined,
      name: undefined,
    })
    expect(v.parse(body, { url: ' \n' })).toStrictEqual({ url: undefined })
    expect(v.parse(body, {})).toStrictEqual({})
  })

  it('names the field of what is wrong', () => {
    const { issues } = v.safeParse(body, { url: 'x', name: 'Grace H' })
    expect(issues?.map((issue) => [v.getDotPath(issue), issue.message])).toEqual([
      ['url', 'Must be an http or https URL without credentials.'],
      ['name', 'Must not be longer than 5 characters.'],
    ])
  })

  it('is described as text or null', () => {
    expect(toJsonSchema(body, { typeMode: 'input', errorMode: 'throw' })).toMatchObject({
      properties: { url: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    })
  })
})

describe('a problem', () => {
  it('never repeats what was sent', () => {
    const schemas: Schema[] = [nameText(3), plainText(3), email, httpUrl, colour, slug, externalId]
    for (const schema of schemas) {
      for (const value of ['plk_secret\u202e', 4711, { plk_secret: 1 }, null]) {
        const { issues } = v.safeParse(schema, value)
        expect(JSON.stringify(issues?.map(({ message }) => message) ?? [])).not.toMatch(
          /plk_secret|4711|null/,
        )
      }
    }
  })

  it('counts characters as people do', () => {
    expect(lengthOf('a🎪é')).toBe(3)
  })
})
