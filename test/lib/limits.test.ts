import { expect, it } from 'vitest'
import { limits } from '#lib/limits.ts'

it('names every limit with a positive whole number, a unit and a note', () => {
  for (const [name, { value, unit, note }] of Object.entries(limits)) {
    expect([name, Number.isSafeInteger(value) && value > 0, unit !== '', note !== '']).toEqual([
      name,
      true,
      true,
      true,
    ])
  }
})
