import { expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { type Attendee, makeAttendee, speaking, tokenOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { meetUp, ticketFor } from '#test/support/networking.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession } from '#test/support/sessions.ts'

test('demands a ticket that covers the session', async () => {
  const { at, path, session } = await meetUp([])
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
      expect([answer.status, answer.error], `${method} ${at_}`).toEqual([406, 'not_registered'])
    }
    const answer = await other.ask(method, at_, body)
    expect([answer.status, answer.error], `${method} ${at_}`).toEqual([404, 'session_not_covered'])
  }
  expectError(await bare.ask('GET', '/networking/sessions'), 'not_registered')
  expect((await other.ask('GET', '/networking/sessions')).body).toMatchObject([
    { sessionId: session, access: false, registered: false },
  ])
  expect((await staff.ask('GET', '/networking/sessions')).body).toHaveLength(1)
  expect((await bare.ask('POST', `${path}/rounds`)).status).toBe(403)
  const missing = '/networking/sessions/ses_aaaaaaaaaaaaaaaaaaaaaaaaaa/matches'
  expectError(await other.ask('GET', missing), 'session_not_found')
  const plain = `/networking/sessions/${session_id}`
  expectError(await other.ask('GET', `${plain}/matches`), 'session_not_found')
  expectError(await staff.ask('POST', `${plain}/rounds`), 'session_not_found')
})

test('shows who has joined, is ready or has left', async () => {
  const { at, people, session, path } = await meetUp(['Ada'])
  const [ada] = people
  if (!ada) return
  const not = { sessionId: session, userId: ada.id, registered: false, ready: false }
  expectError(
    await ada.ask('PUT', `${path}/availability`, { ready: true }),
    'registration_not_found',
  )
  expectError(await ada.ask('DELETE', `${path}/registration`), 'registration_not_found')
  expect((await ada.ask('PUT', `${path}/registration`)).body).toEqual({ ...not, registered: true })
  expectError(await ada.ask('PUT', `${path}/registration`), 'already_registered')
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
  const { people, path } = await meetUp(names, { capacity: 2 })
  const answers = await Promise.all(people.map((one) => one.ask('PUT', `${path}/registration`)))
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, 200, 409, 409, 409, 409])
  expect(answers.find(({ status }) => status === 409)?.error).toBe('session_full')
  const [free] = people.filter((_, n) => answers[n]?.status === 200)
  const [next] = people.filter((_, n) => answers[n]?.status === 409)
  await free?.ask('DELETE', `${path}/registration`)
  expect((await next?.ask('PUT', `${path}/registration`))?.status).toBe(200)
})

test('shows a meeting of a pair from both sides', async () => {
  const { people, path, joinAll, ready, round } = await meetUp(['Ada', 'Eve'])
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
  expectError(none, 'match_not_found')
  const wrong = { userIdOfMatch: ada.id, matchStarted: true }
  expectError(await ada.ask('PUT', `${path}/matches/${eve.id}`, wrong), 'id_mismatch')
})

test('names nobody in a match who hides, not in what was answered before either', async () => {
  const { people, path, joinAll, ready, round } = await meetUp(['Ada', 'Eve'])
  const [ada, eve] = people
  if (!ada || !eve) throw new Error('two were made')
  await joinAll()
  await ready()
  await round()
  const mark = () =>
    ada.ask(
      'PUT',
      `${path}/matches/${eve.id}`,
      { matchStarted: true },
      { 'idempotency-key': 'met' },
    )
  expect((await mark()).body.fullName).toBe('Eve')
  await eve.ask('PATCH', '/people/me/profile', { showProfile: false })
  const hidden = { userIdOfMatch: eve.id, fullName: '', profileImage: '', company: '' }
  expect((await ada.ask('GET', `${path}/matches`)).body).toMatchObject([hidden])
  const replayed = await mark()
  expect(replayed.headers['idempotency-replayed']).toBe('true')
  expect(replayed.body).toMatchObject({ ...hidden, title: 'Mixer', matchStarted: true })
})

test('loses matches with what is deleted of them', async () => {
  const { at, people, path, session, joinAll, ready, round } = await meetUp(['Ada', 'Eve'])
  const [ada, eve] = people
  await joinAll()
  await ready()
  await round()
  await at.ask('DELETE', `/people/resources/${eve?.id}`)
  expect((await ada?.ask('GET', `${path}/matches`))?.body).toEqual([])
  await at.ask('DELETE', `/sessions/resources/${session}`)
  expect((await ada?.ask('GET', `${path}/matches`))?.error).toBe('session_not_found')
  await runAllJobs()
  expect(await rowsMentioning(session)).toEqual([])
})

test('lists a networking session until it is over', async () => {
  const { people } = await meetUp(['Ada'])
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
