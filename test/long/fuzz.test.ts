import { expect, test } from 'vitest'
import { fuzzBytes } from '#test/support/fuzz/raw.ts'
import { fuzz } from '#test/support/fuzz/run.ts'

// `npm run fuzz -- --count 100000` goes on where this slice ends.
test('answers a thousand requests made of the document as the document says', async () => {
  const { findings, statuses } = await fuzz({ seed: 20_270_504, count: 1_000 })
  const shown = findings.map(
    ({ route, principal, sent, fault }) => `${route} as ${principal}: ${fault} ${sent.url}`,
  )
  expect(shown).toEqual([])
  // Most that is asked for is refused; what is deeper is reached all the same.
  expect(statuses[200]).toBeGreaterThan(150)
})

test('answers 500 requests with slips in their very bytes, and goes on serving', async () => {
  const { findings, statuses } = await fuzzBytes({ seed: 20_270_504, count: 500 })
  expect(findings.map(({ sent, fault }) => `${fault} ${sent.toString('latin1')}`)).toEqual([])
  expect(statuses[401]).toBeGreaterThan(10)
})
