import { expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { type Attendee, makeAttendee, speaking, tokenOf } from '#test/support/attendee.ts'
import { swept } from '#test/support/make.ts'
import { mixer, ticketFor } from '#test/support/mixer.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

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
