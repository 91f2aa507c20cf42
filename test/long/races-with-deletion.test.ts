import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { call, type Reply } from '#test/support/call.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import {
  type EventClient,
  freshEvent,
  inTurns,
  makeGroup,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'
import { slot } from '#test/support/meetings.ts'
import { meetUp } from '#test/support/networking.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

setLogSink(() => undefined)

const range = (count: number) => [...Array(count).keys()]
const withEmail = (email_address: string) => ({ profile: { first_name: 'P', email_address } })

test('leaves no two people with one address when a large person is deleted while theirs changes', async () => {
  const at = await freshEvent()
  const groups = await inTurns(range(60), (n) => makeGroup(at, `G${n}`))
  const assign_groups = groups.map(({ group_id }) => group_id)
  const { person_id: id } = await makePerson(at, { ...withEmail('old@k.example'), assign_groups })
  const path = `/people/resources/${id}`
  let taker: Reply | undefined
  rightBefore('new@k.example', async () => {
    expect((await at.ask('DELETE', path)).status).toBe(200)
    taker = await at.ask('POST', '/people/resources', { person: withEmail('old@k.example') })
  })
  await at.ask('PATCH', path, { person: withEmail('new@k.example') })
  expect(taker?.status).toBe(200)
  await runAllJobs()
  const second = await at.ask('POST', '/people/resources', { person: withEmail('old@k.example') })
  expectError(second, 'duplicate_email')
  await makePerson(at, withEmail('new@k.example'))
  expect(await rowsMentioning(id)).toEqual([])
  await expectConsistent(at)
})

test('makes no token for a person who is deleted before it is written', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  rightBefore(`#R#${person}`, () => at.ask('DELETE', `/people/resources/${person}`))
  const body = { role: 'attendee', events: [at.id], person }
  const made = await call('POST', '/tokens', { token: at.token, body })
  expect(made.status).toBeGreaterThanOrEqual(400)
  expect(made.body.token).toBeUndefined()
  await runAllJobs()
  expect(await rowsMentioning(person)).toEqual([])
})

test('makes no token for an event that is deleted before it is written', async () => {
  const at = await freshEvent()
  rightBefore('"K#', () => at.ask('DELETE', ''))
  const body = { role: 'event_admin', name: 'late', events: [at.id] }
  const made = await call('POST', '/tokens', { token: at.token, body })
  expect(made.status).toBeGreaterThanOrEqual(400)
  await runAllJobs()
  expect(await rowsMentioning(at.id)).toEqual([])
})

test('makes no calendar feed for a person who is deleted before it is written', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  rightBefore('"KF#', () => at.ask('DELETE', `/people/resources/${person}`))
  const made = await at.ask('POST', '/sessions/feeds', { person })
  expectError(made, 'invalid_reference')
  await runAllJobs()
  expect(await rowsMentioning(person)).toEqual([])
})

test('leaves no match of a person who is deleted while a round is written', async () => {
  const { at, people, path, joinAll, ready } = await meetUp(['A', 'B', 'C', 'D'])
  await joinAll()
  await ready()
  const [ada] = people
  if (!ada) throw new Error('somebody was made')
  rightBefore('#N#', () => at.ask('DELETE', `/people/resources/${ada.id}`))
  await at.ask('POST', `${path}/rounds`)
  await runAllJobs()
  const rows = await rowsMentioning(ada.id)
  expect(rows.filter(({ pk }) => /#R#|#K/.test(pk))).toEqual([])
})

test('leaves no connection in an event that is deleted before it is written', async () => {
  const at = await freshEvent()
  const [ada, eve] = [await makeAttendee(at), await makeAttendee(at)]
  rightBefore(`"C#${eve.id}"`, async () => {
    expect((await at.ask('DELETE', '')).status).toBe(200)
    await runAllJobs()
  })
  const asked = await ada.ask('POST', `/people/${eve.id}/connection`)
  expect(asked.status).toBe(404)
  expect(await rowsMentioning(at.id)).toEqual([])
})

test.each([
  ['connection', '"C#', 'connection', undefined],
  ['meeting', '"W#', 'meetings', slot('10:00', '10:30')],
] as const)(
  'makes no %s in an event that is deleted and not cleaned up yet',
  async (_, row, path, body) => {
    const at = await freshEvent()
    const [ada, eve] = [await makeAttendee(at), await makeAttendee(at)]
    rightBefore(row, async () => expect((await at.ask('DELETE', '')).status).toBe(200))
    const asked = await ada.ask('POST', `/people/${eve.id}/${path}`, body)
    expectError(asked, 'event_not_found')
    await runAllJobs()
    expect(await rowsMentioning(at.id)).toEqual([])
  },
)

test('keeps no value under a field that is deleted before it is written', async () => {
  const at = await freshEvent()
  const field = await at.ask('POST', '/people/custom_fields', { custom_field: { field_name: 'F' } })
  const id = field.body.custom_field_id
  const { person_id } = await makePerson(at)
  rightBefore(`"${person_id}"`, () => at.ask('DELETE', `/people/custom_fields/${id}`))
  const person = { custom_fields_meta: { [id]: 'late-value' } }
  await at.ask('PATCH', `/people/resources/${person_id}`, { person })
  await runAllJobs()
  expect(await rowsMentioning('late-value')).toEqual([])
})

const track = { track_name: 'T', track_color: '#111111' }
const creates: [kind: string, path: string, body: object][] = [
  ['group', '/people/groups', { group: { group_name: 'G' } }],
  ['track', '/sessions/tracks', { track }],
  ['person', '/people/resources', { person: withEmail('p@k.example') }],
  [
    'session',
    '/sessions/resources',
    {
      session: {
        session_name: 'S',
        session_date: '2027-05-04',
        session_start_time: '09-00',
        session_end_time: '10-00',
      },
    },
  ],
  ['field of people', '/people/custom_fields', { custom_field: { field_name: 'F' } }],
  ['field of sessions', '/sessions/custom_fields', { custom_field: { field_name: 'F' } }],
  ['ticket type', '/ticket_types', { name: 'K', session_access: 'all' }],
  ['access group', '/groups', { name: 'A' }],
  ['schedule', '/event_schedules', { starts_at: '2027-05-04T09:00:00.000+02:00' }],
  ['calendar feed', '/sessions/feeds', {}],
]

/** Makes the first of each kind so that its set is open, as in an event that is in use. */
async function inUse(): Promise<EventClient> {
  const at = await freshEvent()
  await Promise.all([
    makePerson(at),
    makeGroup(at, 'First'),
    makeTrack(at, 'First'),
    makeSession(at),
  ])
  return at
}

test.each(creates)(
  'answers 404 at once to a new %s in an event that is being deleted',
  async (_, path, body) => {
    const at = await inUse()
    let since = 0
    // When what the new thing is counted in is gone as well: the slowest moment.
    rightBefore(at.id, async () => {
      expect((await at.ask('DELETE', '')).status).toBe(200)
      await runAllJobs()
      since = performance.now()
    })
    const answer = await at.ask('POST', path, body)
    const took = performance.now() - since
    expectError(answer, 'event_not_found')
    expect(took).toBeLessThan(1_000)
    expect((await rowsMentioning(at.id)).map(({ pk }) => pk)).toEqual([])
  },
)
