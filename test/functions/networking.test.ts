import { expect, test } from 'vitest'
import { setClock } from '#lib/time.ts'
import {
  type Attendee,
  makeAttendee,
  makeAttendees,
  speaking,
  tokenOf,
} from '#test/support/attendee.ts'
import { dieAfter, later, revive } from '#test/support/kills.ts'
import { type Asking, freshEvent, swept } from '#test/support/make.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

const meetUp = { session_format: 'MEET_UP', session_name: 'Mixer' }

async function ticketFor(at: Asking, people: { id: string }[], access: unknown = 'all') {
  const type = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: access })
  const body = { ticket_type_id: type.body.ticket_type_id }
  await Promise.all(people.map(({ id }) => at.ask('PUT', `/people/resources/${id}/ticket`, body)))
}

/** People with tickets in a networking session. */
async function mixer(names: string[], fields: Record<string, unknown> = {}) {
  const at = await freshEvent()
  const people = await makeAttendees(at, names)
  const { session_id: session } = await makeSession(at, { ...meetUp, ...fields })
  await ticketFor(at, people)
  const path = `/networking/sessions/${session}`
  const joinAll = async (some: Attendee[] = people) => {
    for (const one of some) {
      const joined = await one.ask('PUT', `${path}/registration`)
      expect(joined.status, joined.text).toBe(200)
    }
  }
  const ready = (some: Attendee[] = people) =>
    Promise.all(some.map((one) => one.ask('PUT', `${path}/availability`, { ready: true })))
  const round = async (body?: object) => {
    const held = await at.ask('POST', `${path}/rounds`, body)
    expect(held.status, held.text).toBe(200)
    return held.body as { round: number; pairs: [string, string][]; unmatched: string[] }
  }
  return { at, people, session: session as string, path, joinAll, ready, round }
}

test('demands a ticket of whoever asks, and one that covers the session', async () => {
  const { at, path, session } = await mixer([])
  const bare = await makeAttendee(at)
  const other = await makeAttendee(at)
  const { session_id } = await makeSession(at)
  await ticketFor(at, [other], [session_id])
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  const admin = speaking(at, await tokenOf(at, 'event_admin'))
  const asks: [string, string, object?][] = [
    ['GET', `${path}/matches`],
    ['PUT', `${path}/registration`],
    ['DELETE', `${path}/registration`],
    ['PUT', `${path}/availability`, { ready: true }],
    ['PUT', `${path}/matches/${bare.id}`, { matchStarted: true }],
  ]
  for (const [method, at_, body] of asks) {
    for (const who of [at, staff, admin, bare]) {
      const answer = await who.ask(method, at_, body)
      expect([answer.status, answer.body.code], `${method} ${at_}`).toEqual([406, 4068910])
    }
    const answer = await other.ask(method, at_, body)
    expect([answer.status, answer.body.code], `${method} ${at_}`).toEqual([404, 4042005])
  }
  expect((await bare.ask('GET', '/networking/sessions')).body.code).toBe(4068910)
  expect((await other.ask('GET', '/networking/sessions')).body).toMatchObject([
    { sessionId: session, access: false, registered: false },
  ])
  expect((await staff.ask('GET', '/networking/sessions')).body).toHaveLength(1)
  expect((await bare.ask('POST', `${path}/rounds`)).status).toBe(403)
  const missing = '/networking/sessions/ses_aaaaaaaaaaaaaaaaaaaaaaaaaa/matches'
  expect((await other.ask('GET', missing)).body.code).toBe(4040104)
  const plain = `/networking/sessions/${session_id}`
  expect((await other.ask('GET', `${plain}/matches`)).body.code).toBe(4040104)
  expect((await staff.ask('POST', `${plain}/rounds`)).body.code).toBe(4040104)
})

test('lets people join, say that they are ready, and leave', async () => {
  const { at, people, session, path } = await mixer(['Ada'])
  const [ada] = people
  if (!ada) return
  const not = { sessionId: session, userId: ada.id, registered: false, ready: false }
  expect((await ada.ask('PUT', `${path}/availability`, { ready: true })).body.code).toBe(4040117)
  expect((await ada.ask('DELETE', `${path}/registration`)).body.code).toBe(4040117)
  expect((await ada.ask('PUT', `${path}/registration`)).body).toEqual({ ...not, registered: true })
  expect((await ada.ask('PUT', `${path}/registration`)).body.code).toBe(4090014)
  const ready = await ada.ask('PUT', `${path}/availability`, { ready: true })
  expect(ready.body).toEqual({ ...not, registered: true, ready: true })
  const listed = await ada.ask('GET', '/networking/sessions')
  expect(listed.body).toEqual([
    {
      sessionId: session,
      title: 'Mixer',
      description: '',
      location: '',
      startTime: '2027-05-04T09:00:00+02:00',
      endTime: '2027-05-04T10:00:00+02:00',
      capacity: null,
      live: false,
      access: true,
      registered: true,
      ready: true,
    },
  ])
  const attendees = await at.ask('GET', `/sessions/resources/${session}/attendees`)
  expect(attendees.body.attendee_list).toMatchObject([{ person_id: ada.id }])
  const left = await ada.ask('DELETE', `${path}/registration`, undefined, {
    'if-match': ready.headers.etag ?? '',
  })
  expect(left.body).toEqual(not)
  await ada.ask('PUT', `${path}/registration`)
  expect((await ada.ask('GET', '/networking/sessions')).body[0].ready).toBe(false)
})

test('gives the last seat to exactly one', async () => {
  const names = ['A', 'B', 'C', 'D', 'E', 'F']
  const { people, path } = await mixer(names, { capacity: 2 })
  const answers = await Promise.all(people.map((one) => one.ask('PUT', `${path}/registration`)))
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, 200, 409, 409, 409, 409])
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe(4090008)
  const [free] = people.filter((_, n) => answers[n]?.status === 200)
  const [next] = people.filter((_, n) => answers[n]?.status === 409)
  await free?.ask('DELETE', `${path}/registration`)
  expect((await next?.ask('PUT', `${path}/registration`))?.status).toBe(200)
})

test('pairs all who are ready, nobody twice, the one left out first next time', async () => {
  const { people, path, session, joinAll, ready, round } = await mixer(['A', 'B', 'C', 'D', 'E'])
  await joinAll()
  await ready()
  const pairs = new Set<string>()
  let alone: string | undefined
  for (let n = 1; n <= 5; n += 1) {
    const held = await round()
    expect(held.round).toBe(n)
    expect(held.pairs).toHaveLength(2)
    for (const two of held.pairs) {
      expect(pairs.has(two.join()), 'met before').toBe(false)
      pairs.add(two.join())
    }
    expect(held.unmatched).toHaveLength(1)
    if (alone) expect(held.pairs.flat()).toContain(alone)
    alone = held.unmatched[0]
    await ready()
  }
  const everyone = await round()
  expect(everyone).toMatchObject({ round: 6, pairs: [] })
  expect(everyone.unmatched).toHaveLength(5)
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
  const { people, joinAll, ready, round } = await mixer(['A', 'B', 'C', 'D'])
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
    const { people, joinAll, ready, round } = await mixer(['A', 'B', 'C', 'D'])
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

test('shows a meeting of a pair from both sides', async () => {
  const { people, path, joinAll, ready, round } = await mixer(['Ada', 'Eve'])
  const [ada, eve] = people
  if (!ada || !eve) return
  await joinAll()
  await ready()
  await round()
  const met = await ada.ask('PUT', `${path}/matches/${eve.id}`, { matchStarted: true })
  expect(met.body).toMatchObject({ userIdOfMatch: eve.id, fullName: 'Eve', matchStarted: true })
  expect((await eve.ask('GET', `${path}/matches`)).body).toMatchObject([
    { userIdOfMatch: ada.id, matchStarted: true },
  ])
  const back = await eve.ask('PUT', `${path}/matches/${ada.id}`, {
    ...(await eve.ask('GET', `${path}/matches`)).body[0],
  })
  expect(back.status, back.text).toBe(200)
  const none = await ada.ask('PUT', `${path}/matches/${ada.id}`, { matchStarted: true })
  expect(none.body.code).toBe(4040115)
  const wrong = { userIdOfMatch: ada.id, matchStarted: true }
  expect((await ada.ask('PUT', `${path}/matches/${eve.id}`, wrong)).body.code).toBe(4000008)
})

test('lets one of two rounds at once win and leaves nothing of the other', async () => {
  const { at, people, session, path, joinAll, ready } = await mixer(['A', 'B', 'C', 'D', 'E', 'F'])
  await joinAll()
  await ready()
  const rounds = await Promise.all([...Array(4)].map(() => at.ask('POST', `${path}/rounds`)))
  const won = rounds.filter(({ status }) => status === 200)
  expect(won.length).toBeGreaterThan(0)
  for (const lost of rounds.filter(({ status }) => status !== 200)) {
    expect([lost.status, lost.body.code]).toEqual([409, 4090010])
  }
  for (const one of people) {
    expect((await one.ask('GET', `${path}/matches`)).body).toHaveLength(1)
  }
  await later(swept)
  const pairs = (await rowsMentioning(session)).filter(({ sk }) => sk.startsWith('M#'))
  expect(pairs).toHaveLength(3)
})

test('pages matches, each once, while rounds go on', async () => {
  const { people, path, joinAll, ready, round } = await mixer(['A', 'B', 'C', 'D', 'E', 'F'])
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
  expect([...(first?.body ?? []), ...(second?.body ?? [])]).toEqual(all.slice(1))
  const bad = await ada?.ask('GET', `${path}/matches?cursor=AAAA`)
  expect(bad?.body.code).toBe(4000015)
})

test('loses matches with people and sessions that are deleted', async () => {
  const { at, people, path, session, joinAll, ready, round } = await mixer(['Ada', 'Eve'])
  const [ada, eve] = people
  await joinAll()
  await ready()
  await round()
  await at.ask('DELETE', `/people/resources/${eve?.id}`)
  expect((await ada?.ask('GET', `${path}/matches`))?.body).toEqual([])
  await at.ask('DELETE', `/sessions/resources/${session}`)
  expect((await ada?.ask('GET', `${path}/matches`))?.body.code).toBe(4040104)
  await swept()
  expect(await rowsMentioning(session)).toEqual([])
})

test('shows a round whole or not at all, wherever its making is killed', async () => {
  const names = [...Array(72).keys()].map((n) => `P${n}`)
  const { at, people, session, path, joinAll, ready } = await mixer(names)
  await joinAll()
  await ready()
  const seen = async () => {
    const lists = await Promise.all(people.map((one) => one.ask('GET', `${path}/matches`)))
    return lists.filter(({ body }) => body.length > 0).length
  }
  let killed = 0
  for (let n = 0; ; n += 1) {
    dieAfter(n)
    const held = await at.ask('POST', `${path}/rounds`, { seed: 'same' })
    revive()
    if (held.status === 200) {
      expect(held.body).toMatchObject({ round: 1, unmatched: [] })
      break
    }
    killed += 1
    expect(await seen()).toBe(0)
  }
  expect(killed).toBeGreaterThanOrEqual(4)
  expect(await seen()).toBe(72)
  await later(swept)
  const rows = await rowsMentioning(session)
  expect(rows.filter(({ sk }) => sk.startsWith('M#'))).toHaveLength(36)
  expect(rows.filter(({ sk }) => sk.startsWith(`N#${session}#`))).toHaveLength(72)
}, 120_000)

test('lists a networking session while it is to come and on, and not when it is over', async () => {
  const { people } = await mixer(['Ada'])
  const [ada] = people
  const at = async (instant: string) => {
    const giveBack = setClock(() => Date.parse(instant))
    try {
      const { body } = await (ada as Attendee).ask('GET', '/networking/sessions')
      return body.map(({ live }: { live: boolean }) => live)
    } finally {
      giveBack()
    }
  }
  expect(await at('2027-05-04T08:59:59+02:00')).toEqual([false])
  expect(await at('2027-05-04T09:00:00+02:00')).toEqual([true])
  expect(await at('2027-05-04T09:59:59+02:00')).toEqual([true])
  expect(await at('2027-05-04T10:00:00+02:00')).toEqual([])
})
