import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshEvent } from '#test/support/factories.ts'
import { followChanges, keepDraining } from '#test/support/feed.ts'
import { operate } from '#test/support/operator.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { served } from '#test/support/served.ts'

let url = ''
let stop = async () => {}
let stopNumbering = async () => {}
beforeAll(async () => {
  ;({ url, stop } = await served())
  await followChanges()
  stopNumbering = keepDraining()
  process.env.PICTURES_URL = url
})
afterAll(async () => {
  await stopNumbering()
  await stop()
})

const smoke = (...args: string[]) => operate(['scripts/smoke.ts', ...args], {})

test('does on a deployment what the README shows, and takes it away again', async () => {
  const { token } = await freshEvent()
  const { code, out, err } = await smoke(`${url}/api/v2`, token)
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out.trim().split('\n').length).toBeGreaterThanOrEqual(10)
  expect(out).toMatch(/^ok {2}leaves nothing behind/m)
  expect((await rowsMentioning('Smoke 2')).filter(({ sk }) => sk === 'E')).toEqual([])
})

test.each([
  ['a wrong token', () => [url, 'plk_wrong'], /^GET \/me answered 401 where 200 was due: .*\n$/],
  [
    'an address where nobody is',
    () => ['http://127.0.0.1:1', 'x'],
    /^http.* was not reached: .*\.\n$/,
  ],
  ['no address', () => [], /^npm run smoke -- <url> <token>, .*\n$/],
])('says in one sentence: %s', async (_what, args, sentence) => {
  const { code, err } = await smoke(...args())
  expect(err).toMatch(sentence)
  expect(code).toBe(1)
})
