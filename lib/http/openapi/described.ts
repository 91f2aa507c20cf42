import texts from './fields.json' with { type: 'json' }
import type { Json } from './schema.ts'

/**
 * What each field means, by its name; where one name means several things, with the component or the field before it
 * (`Picture.url`, `eventGroup.id`). A schema that says more of a field keeps its own words.
 */
const meanings: Record<string, string> = texts

/** The meaning of a field or parameter; undefined where none is known. */
export const meaningOf = (name: string, ...places: string[]): string | undefined =>
  [...places.map((place) => `${place}.${name}`), name]
    .map((key) => (Object.hasOwn(meanings, key) ? meanings[key] : undefined))
    .find((text) => text !== undefined)

/** A schema in which every field says what it is. */
export function described(schema: Json, ...places: string[]): Json {
  const copy: Json = { ...schema }
  for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    if (Array.isArray(copy[key])) copy[key] = copy[key].map((one) => described(one, ...places))
  }
  for (const key of ['items', 'additionalProperties']) {
    if (isSchema(copy[key])) copy[key] = described(copy[key], ...places)
  }
  if (!isSchema(copy.properties)) return copy
  const fields = Object.entries(copy.properties).map(([name, one]) => [
    name,
    field(name, one as Json, places),
  ])
  return { ...copy, properties: Object.fromEntries(fields) }
}

function field(name: string, schema: Json, places: string[]): Json {
  const inner = described(schema, name, ...places.slice(-1))
  const meaning = meaningOf(name, ...places)
  const said = inner.description
  if (meaning === undefined || said === meaning) return inner
  const description = typeof said === 'string' ? `${meaning} ${said}` : meaning
  return { ...inner, description }
}

const isSchema = (value: unknown): value is Json => typeof value === 'object' && value !== null
