import { toJsonSchema } from '@valibot/to-json-schema'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import {
  blankAsAbsent,
  canonicalName,
  colour,
  email,
  externalId,
  httpUrl,
  lengthOf,
  nameText,
  plainText,
  slug,
} from '#lib/base/text.ts'
import { read, refused, type Schema } from '#test/support/reading.ts'

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
