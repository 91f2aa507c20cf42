import { expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { openapi } from '#lib/http/openapi/document.ts'
import texts from '#lib/http/openapi/fields.json' with { type: 'json' }

const document = openapi(everyRoute, { version: 'test' })

type Node = { [name: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Every field of every schema, and every parameter and header, with where it stands. */
function* described(node: Node, at: string): Generator<[string, Node]> {
  for (const [key, inner] of Object.entries(node)) {
    if (!isNode(inner)) continue
    const place = `${at}/${key}`
    if (/^(properties|headers)$/.test(key)) {
      for (const [name, one] of Object.entries(inner)) yield [`${place}/${name}`, one as Node]
    }
    if (key === 'parameters' && Array.isArray(inner)) {
      for (const one of inner) yield [`${place}/${one.name}`, one]
    }
    if (!/^examples?$/.test(key)) yield* described(inner, place)
  }
}

test('says of every field, parameter and header what it is', () => {
  const silent = [...described(document, '')]
    .filter(([, one]) => !one.description && !(one.$ref && !/schemas/.test(String(one.$ref))))
    .map(([place]) => place)
  expect(silent.slice(0, 20), 'to be said in lib/http/openapi/fields.json').toEqual([])
})

test('explains no field that there is not', () => {
  const said = new Set([...described(document, '')].map(([, { description }]) => description))
  const shown = [...said].join('\n')
  expect(Object.entries(texts).filter(([, text]) => !shown.includes(text))).toEqual([])
})
