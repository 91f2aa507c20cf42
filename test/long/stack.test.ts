import { expect, test } from 'vitest'
import { dataRules } from './template/data.ts'
import { apiRules, cdnRules } from './template/edge.ts'
import { functionRules } from './template/functions.ts'
import { rightRules } from './template/rights.ts'
import { streamRules } from './template/stream.ts'
import { make, view } from './template/template.ts'
import { watchRules } from './template/watch.ts'

const rules = [
  ...dataRules,
  ...functionRules,
  ...rightRules,
  ...apiRules,
  ...cdnRules,
  ...watchRules,
  ...streamRules,
]
// A finding of cdk-nag fails the whole file.
const template = make({}, { nag: true })

test.each(rules)('$says', ({ holds }) => {
  expect(holds(view(template))).toBeTruthy()
})

test.each(rules)('is the only rule to notice when it is not so: $says', ({ says, broken }) => {
  const changed = view(structuredClone(template))
  broken(changed)
  expect(rules.filter(({ holds }) => !holds(changed)).map((rule) => rule.says)).toEqual([says])
})

test('has sixty rules or more, each said once', () => {
  expect(rules.length).toBeGreaterThanOrEqual(60)
  expect(new Set(rules.map(({ says }) => says)).size).toBe(rules.length)
})
