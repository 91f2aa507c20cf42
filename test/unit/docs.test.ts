import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { keys } from '#lib/table/keys.ts'

const texts = [...readdirSync('.'), ...readdirSync('docs', { recursive: true, encoding: 'utf8' })]
const pages = texts
  .filter((name) => name.endsWith('.md'))
  .map((name) => (existsSync(name) ? name : join('docs', name)))
const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => basename(name).replace(/(\.test)?\.ts$/, ''))

test.each(pages)('has no link in %s that leads nowhere', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
  const inside = links.map(([, to = '']) => to).filter((to) => !/^https?:/.test(to))
  expect(inside.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([])
})

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

test('names only tests that are there in docs/threats.md', () => {
  const rows = readFileSync('docs/threats.md', 'utf8').match(/^\|.*\|$/gm) ?? []
  const shown = rows.map((row) => row.split('|').at(-2) ?? '')
  const named = shown.flatMap((text) => [...text.matchAll(/`([a-z-]+)`/g)].map(([, one]) => one))
  expect(named.length).toBeGreaterThan(40)
  expect([...new Set(named)].filter((name) => !tests.includes(name ?? ''))).toEqual([])
})

test('keeps the README to what fits on a screen or two', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(120)
})
