import * as v from 'valibot'
import { expect } from 'vitest'

export type Schema = v.GenericSchema<unknown, unknown>
/** What a schema makes of a value, or why it refuses it. */
export const read = (schema: Schema, value: unknown) => {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : { refused: result.issues[0].message }
}
export const refused = (message: RegExp) => ({ refused: expect.stringMatching(message) })
