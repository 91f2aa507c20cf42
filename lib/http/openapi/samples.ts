import type { Route } from '#lib/http/route.ts'
import type { Json } from './schema.ts'

/** The call in TypeScript, by the client that is made of this document; others the page makes itself. */
export function samplesOf({ id, path, body, example }: Route): Json {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const places = names.map((name) => `${name}: '${name === 'event' ? 'demo' : '…'}'`)
  const given =
    example === undefined ? '…' : JSON.stringify(example, null, 2).replace(/\n/g, '\n  ')
  const options = [
    'client',
    ...(places.length > 0 ? [`path: { ${places.join(', ')} }`] : []),
    ...(body ? [`body: ${given}`] : []),
  ]
  const source = [
    "import { api, createPlenary } from 'plenary-client'",
    '',
    "const client = createPlenary({ url: 'https://api.example.org', token: process.env.PLENARY_TOKEN ?? '' })",
    `const { data, error } = await api.${id}({`,
    ...options.map((option) => `  ${option},`),
    '})',
  ].join('\n')
  return { 'x-codeSamples': [{ lang: 'TypeScript', label: 'TypeScript', source }] }
}
