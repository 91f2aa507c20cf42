import { expect, test } from 'vitest'
import { anHourLater, crashAfter, restart } from '#test/support/crashes.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { meetUp } from '#test/support/networking.ts'
import { rowsMentioning } from '#test/support/scan.ts'

test('shows a round whole or not at all, wherever its making is killed', async () => {
  const names = [...Array(72).keys()].map((n) => `P${n}`)
  const { at, people, session, path, joinAll, ready } = await meetUp(names)
  await joinAll()
  await ready()
  const seen = async () => {
    const lists = await Promise.all(people.map((one) => one.ask('GET', `${path}/matches`)))
    return lists.filter(({ body }) => body.length > 0).length
  }
  let killed = 0
  for (let n = 0; ; n += 1) {
    crashAfter(n)
    const held = await at.ask('POST', `${path}/rounds`, { seed: 'same' })
    restart()
    if (held.status === 200) {
      expect(held.body).toMatchObject({ round: 1, unmatched: [] })
      break
    }
    killed += 1
    expect(await seen()).toBe(0)
  }
  expect(killed).toBeGreaterThanOrEqual(4)
  expect(await seen()).toBe(72)
  await anHourLater(runAllJobs)
  const rows = await rowsMentioning(session)
  expect(rows.filter(({ sk }) => sk.startsWith('M#'))).toHaveLength(36)
  expect(rows.filter(({ sk }) => sk.startsWith(`N#${session}#`))).toHaveLength(72)
}, 120_000)
