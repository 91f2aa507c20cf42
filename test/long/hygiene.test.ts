import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import type { Reply } from '#test/support/call.ts'
import { engines } from '#test/support/engines.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { followChanges } from '#test/support/feed.ts'
import {
  filesWith,
  knockEverywhere,
  rowsWith,
  secretOf,
  writeEverything,
} from '#test/support/hygiene.ts'
import { place } from '#test/support/kills/world.ts'
import { world } from '#test/support/security.ts'
import { deliver, receiver } from '#test/support/webhooks.ts'

const canary = 'Kanarienvogel'

test('keeps no credential anywhere, and no name in the log, in the feed or in a thin webhook, whatever is asked of every route', async () => {
  const lines: string[] = []
  setLogSink((line) => void lines.push(line))
  await followChanges()
  const [thin, full] = [await receiver(), await receiver()]
  const here = await place()
  const hook = (url: string, payload: string) =>
    here.ask('POST', '/webhooks', { url, payload, types: ['*'] })
  const hooks = [await hook(thin.url, 'thin'), await hook(full.url, 'full')]
  await here.ask('PATCH', `/people/resources/${here.ids.person}`, {
    profile: { first_name: canary, last_name: canary },
  })
  const matrix = await world()
  const given: string[] = []
  const echoes: string[] = []
  const onReply = (reply: Reply, sent: string[]) => {
    const shown = JSON.stringify([reply.headers, reply.text])
    for (const text of sent)
      if (shown.includes(secretOf(text))) echoes.push(`${text}: ${shown.slice(0, 300)}`)
    for (const [text] of reply.text.matchAll(/\b(plk|plf|whsec)_[\w+/=]{20,}/g)) given.push(text)
  }
  await knockEverywhere(matrix, onReply)
  expect(given).toEqual([])
  const written = await writeEverything(here, onReply)
  await runAllJobs()
  await deliver()

  expect(echoes).toEqual([])
  expect(written).toBeGreaterThan(75)
  expect(given.length).toBeGreaterThan(5)
  const tokens = [
    ...Object.values(matrix.tokens),
    ...Object.values(here.tokens),
    ...given.filter((one) => !one.startsWith('whsec')),
  ]
  const credentials = tokens.flatMap((one) => (one ? secretOf(one) : []))
  const signing = [
    ...hooks.map(({ secret }) => secret),
    ...given.filter((one) => one.startsWith('whsec')),
  ].map((one) => one.slice(6))
  const log = lines.join('\n')
  expect([...credentials, ...signing, canary].filter((one) => log.includes(one))).toEqual([])
  expect(lines.length).toBeGreaterThan(2_000)
  expect(await rowsWith(credentials)).toEqual([])
  // Webhooks sign with theirs, in a row of their own.
  expect((await rowsWith(signing)).filter((row) => !/#W whk_/.test(row))).toEqual([])
  const feed = (await rowsWith([canary])).filter((row) => /#(D|L|L#\d+|LO#\S+) /.test(row))
  expect(feed).toEqual([])
  expect(filesWith((await engines()).pictures, [...credentials, ...signing])).toEqual([])
  const bodies = [...thin.got, ...full.got].map(({ text }) => text).join('\n')
  expect([...credentials, ...signing].filter((one) => bodies.includes(one))).toEqual([])
  expect(thin.got.map(({ text }) => text).join()).not.toContain(canary)
  expect(thin.got.length).toBeGreaterThan(50)
  await Promise.all([thin.stop(), full.stop()])
}, 180_000)
