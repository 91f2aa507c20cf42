import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keys } from '#lib/table/keys.ts'

const texts = [...readdirSync('.'), ...readdirSync('docs', { recursive: true, encoding: 'utf8' })]
const pages = texts
  .filter((name) => name.endsWith('.md'))
  .map((name) => (existsSync(name) ? name : join('docs', name)))

test('has no link in docs/behaviour, which the reference prints as it stands', () => {
  const inside = pages.filter((page) => page.startsWith('docs/behaviour'))
  expect(inside.length).toBeGreaterThan(7)
  expect(inside.filter((page) => readFileSync(page, 'utf8').includes(']('))).toEqual([])
})

test('names every key of the table in docs/data.md, and no other', () => {
  const page = readFileSync('docs/data.md', 'utf8')
  const columns = [...page.matchAll(/^\| [^|]* \|( `[^|]*)\|/gm)].map(([, one = '']) => one)
  const named = columns.flatMap((one) => [...one.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(named.sort()).toEqual(Object.keys(keys).sort())
})

test('keeps the README to what fits on a screen or two', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(120)
})
