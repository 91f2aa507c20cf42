import { expect, test } from 'vitest'
import { anHourLater } from '#test/support/crashes.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { meetUp } from '#test/support/networking.ts'
import { rowsMentioning } from '#test/support/scan.ts'

test('pairs all who are ready, nobody twice, the one left out first next time', async () => {
  const { people, path, session, joinAll, ready, round } = await meetUp(['A', 'B', 'C', 'D', 'E'])
  await joinAll()
  await ready()
  const pairs = new Set<string>()
  let alone: string | undefined
  let held = await round()
  // Whom rounds leave for later is theirs to choose: the ten pairs of five people take five rounds or a few more.
  for (let n = 1; held.pairs.length > 0; n += 1) {
    expect(held.round).toBe(n)
    if (n <= 3) expect(held.pairs).toHaveLength(2)
    for (const two of held.pairs) {
      expect(pairs.has(two.join()), 'met before').toBe(false)
      pairs.add(two.join())
    }
    if (n === 2) expect(held.pairs.flat()).toContain(alone)
    expect(held.unmatched).toHaveLength(5 - 2 * held.pairs.length)
    alone = held.unmatched[0]
    await ready()
    held = await round()
  }
  expect(pairs.size).toBe(10)
  expect(held.unmatched).toHaveLength(5)
  const [ada] = people
  const matches = await ada?.ask('GET', `${path}/matches`)
  expect(matches?.body).toHaveLength(4)
  expect(matches?.headers['x-total-count']).toBe('4')
  expect(matches?.body[0]).toEqual({
    userIdOfMatch: expect.stringMatching(/^per_/),
    fullName: expect.stringMatching(/^[B-E]$/),
    profileImage: '',
    matTimeDate: expect.stringMatching(/\+0[12]:00$/),
    title: 'Mixer',
    company: '',
    sessionId: session,
    matchStarted: false,
  })
})

test('uses readiness up by pairing, not by being left out', async () => {
  const { people, joinAll, ready, round } = await meetUp(['A', 'B', 'C', 'D'])
  await joinAll()
  await ready(people.slice(0, 3))
  const first = await round()
  expect([first.pairs.length, first.unmatched.length]).toEqual([1, 1])
  await ready(people.slice(3))
  const second = await round()
  expect(second.pairs.flat().sort()).toEqual([...first.unmatched, people[3]?.id].sort())
  expect(await round()).toMatchObject({ pairs: [], unmatched: [] })
})

test('pairs by what people can give each other, equally for equal seeds', async () => {
  const held: [string, string][][] = []
  for (const seed of ['tombola', 'tombola']) {
    const { people, joinAll, ready, round } = await meetUp(['A', 'B', 'C', 'D'])
    const wants = [
      { wantsToLearn: ['maps'] },
      { wantsToLearn: ['queues'] },
      { knows: ['queues'] },
      { knows: ['maps'] },
    ]
    for (const [n, one] of people.entries()) {
      await one.ask('PATCH', '/people/me/profile', { extraInfo: wants[n] })
    }
    await joinAll()
    await ready()
    const { pairs } = await round({ seed })
    const place = (id: string) => 'ABCD'[people.findIndex((one) => one.id === id)] ?? ''
    held.push(pairs.map(([a, b]) => [place(a), place(b)].sort() as [string, string]).sort())
  }
  expect(held[0]).toEqual([
    ['A', 'D'],
    ['B', 'C'],
  ])
  expect(held[1]).toEqual(held[0])
})

test('leaves nothing of a round that lost against another at once', async () => {
  const { at, people, session, path, joinAll, ready } = await meetUp(['A', 'B', 'C', 'D', 'E', 'F'])
  await joinAll()
  await ready()
  const rounds = await Promise.all([...Array(4)].map(() => at.ask('POST', `${path}/rounds`)))
  const won = rounds.filter(({ status }) => status === 200)
  expect(won.length).toBeGreaterThan(0)
  for (const lost of rounds.filter(({ status }) => status !== 200)) {
    expect([lost.status, lost.error]).toEqual([409, 'changed_meanwhile'])
  }
  for (const one of people) {
    expect((await one.ask('GET', `${path}/matches`)).body).toHaveLength(1)
  }
  await anHourLater(runAllJobs)
  const pairs = (await rowsMentioning(session)).filter(({ sk }) => sk.startsWith('M#'))
  expect(pairs).toHaveLength(3)
})

test('pages matches, each once, while rounds go on', async () => {
  const { people, path, joinAll, ready, round } = await meetUp(['A', 'B', 'C', 'D', 'E', 'F'])
  await joinAll()
  for (let n = 0; n < 3; n += 1) {
    await ready()
    await round()
  }
  const [ada] = people
  const first = await ada?.ask('GET', `${path}/matches?limit=2`)
  await ready()
  await round()
  const next = /\/events\/[^/]+([^>]+)>/.exec(first?.headers.link ?? '')?.[1] ?? ''
  const second = await ada?.ask('GET', next)
  const all = (await ada?.ask('GET', `${path}/matches`))?.body
  // The fourth round cannot pair everybody in every order of the first three.
  expect([...(first?.body ?? []), ...(second?.body ?? [])]).toEqual(all.slice(-3))
  const bad = await ada?.ask('GET', `${path}/matches?cursor=AAAA`)
  expect(bad?.error).toBe('invalid_cursor')
})
