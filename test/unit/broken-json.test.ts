import fc from 'fast-check'
import { expect, it } from 'vitest'
import { brokenAt, jsonProblem } from '#lib/http/broken-json.ts'

it.each([
  ['{"a":1,}', 7],
  ["{'a':1}", 1],
  ['{"a":1 "b":2}', 7],
  ['[1,2', 4],
  ['{"a":"b', 5],
  ['{"a":01}', 6],
  ['{"a":NaN}', 5],
  ['{"a":1}}', 7],
  ['[1}', 2],
  ['{"a" 1}', 5],
  ['"a\nb"', 0],
  ['', 0],
  ['{"a":[{"b":tru}]}', 11],
  ['// x\n{}', 0],
])('%j stops being JSON at %i', (text, at) => {
  expect(brokenAt(text)).toBe(at)
})

it('reads to the end whatever is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      expect(brokenAt(text)).toBe(text.length)
    }),
  )
})

it('finds a fault where there is one, however a text was cut or mixed', () => {
  const pieces = fc.array(
    fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', 'true', ' ', 'e', '.'),
  )
  fc.assert(
    fc.property(pieces, (some) => {
      const text = some.join('')
      const fault = brokenAt(text)
      const isJson = (() => {
        try {
          JSON.parse(text)
          return true
        } catch {
          return false
        }
      })()
      if (!isJson && fault < text.length) expect(fault).toBeGreaterThanOrEqual(0)
      if (isJson) expect(fault).toBe(text.length)
    }),
    { numRuns: 2000 },
  )
})

it('counts lines and columns as editors do, and takes a megabyte', () => {
  expect(jsonProblem('{\n  "a": 1,\n  b: 2\n}')).toMatch(/at line 3, column 3\.$/)
  expect(jsonProblem('{"a": [1, 2')).toMatch(/ends too early/)
  expect(jsonProblem(`{"a": "${'x'.repeat(1_000_000)}`)).toMatch(/line 1, column 7/)
  expect(jsonProblem('['.repeat(500_000))).toMatch(/ends too early/)
})
