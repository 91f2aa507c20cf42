import type { ErrorName, FieldError } from '#lib/base/errors.ts'

const maxDepth = 32
type Fault = FieldError & { reason: ErrorName }
type Place = { value: unknown; path: string; depth: number }

/**
 * Looks through parsed JSON for what no schema should ever meet (docs/threats.md, What clients send): nesting over 32
 * levels, names that objects inherit, numbers that the store cannot keep, text with lone surrogates.
 */
export function findUnsafe(value: unknown): Fault | undefined {
  const open: Place[] = [{ value, path: '', depth: 1 }]
  for (let place = open.pop(); place; place = open.pop()) {
    const fault = faultAt(place)
    if (fault) return fault
    const { value: here, path, depth } = place
    if (typeof here !== 'object' || here === null) continue
    const list = Array.isArray(here)
    for (const [key, inner] of Object.entries(here)) {
      if (!list && key in Object.prototype) return named(key, path)
      open.push({ value: inner, path: fieldPath(path, list ? Number(key) : key), depth: depth + 1 })
    }
  }
  return undefined
}

/** `person` + `assign_groups` + 2 → `person.assign_groups[2]`, the way errors name a field. */
export function fieldPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return path ? `${path}.${key}` : key
}

const named = (key: string, path: string): Fault => ({
  reason: 'unknown_field',
  field: fieldPath(path, key),
  message: 'There is no such field.',
})

function faultAt({ value, path, depth }: Place): Fault | undefined {
  if (typeof value === 'object' && value !== null && depth > maxDepth) {
    return { reason: 'too_deep', field: path.slice(0, 200), message: 'Nested too deeply.' }
  }
  if (typeof value === 'number' && !storable(value)) {
    return { reason: 'invalid_body', field: path, message: 'The number cannot be kept exactly.' }
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    return { reason: 'invalid_body', field: path, message: 'The text is not well-formed Unicode.' }
  }
  return undefined
}

/** DynamoDB keeps 38 digits, JavaScript 15: only numbers that survive both are taken. */
const storable = (value: number): boolean =>
  Number.isFinite(value) &&
  !Object.is(value, -0) &&
  (!Number.isInteger(value) || Number.isSafeInteger(value)) &&
  (value === 0 || Math.abs(value) > 1e-100)
