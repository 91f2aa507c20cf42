import { expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'

type Line = { value: number; unit: string; note: string }

it('names every limit with a positive whole number, a unit and a note', () => {
  const unfit = Object.entries<Line>(limits).filter(
    ([, { value, unit, note }]) =>
      !Number.isSafeInteger(value) || value < 1 || unit === '' || note === '',
  )
  expect(unfit).toEqual([])
})
