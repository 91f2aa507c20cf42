import { expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import { entered, entryOf } from '#test/support/authorisation.ts'

test('has an entry for every route, and none for what is not there', () => {
  const wrong = everyRoute.filter((route) => entryOf(route) !== route.right)
  const lines = wrong.map(({ id, right }) => `${id}: ${right}`)
  expect(lines.join(', '), 'in test/support/authorisation.ts').toBe('')
  const ids = new Set(everyRoute.map(({ id }) => id))
  expect(entered.filter((id) => !ids.has(id))).toEqual([])
})
