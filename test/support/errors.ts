import { expect } from 'vitest'
import { codeOf, type ErrorName, errorNames } from '#lib/base/errors.ts'
import type { Reply } from './call.ts'

const names = new Map(errorNames.map((name) => [codeOf(name), name]))

/** What an error is called in the catalogue; undefined for an answer that is none. */
export function errorNameOf(body: unknown): ErrorName | undefined {
  const { code } = (body ?? {}) as { code?: unknown }
  return typeof code === 'number' ? names.get(code) : undefined
}

/** The answer is this error and names this field, wherever the client wrapped it. */
export function expectError(reply: Reply, name: ErrorName, field?: string): void {
  expect(reply.error, reply.text).toBe(name)
  if (field !== undefined) expect(reply.body.fields, reply.text).toBe(field)
}
