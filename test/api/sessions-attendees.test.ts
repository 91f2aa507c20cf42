import { expect, test } from 'vitest'
import { countConsumed } from '#lib/table/consumed.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, runAllJobs } from '#test/support/factories.ts'
import { attendeeIds, attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

test('shows attendees the same from the session as from the person', async () => {
  const at = await freshEvent()
  const [session, people] = [await makeSession(at), await crowd(at, 25)]
  const path = attendeesOf(session.session_id)
  for (const [n, person] of people.entries()) {
    const added = await at.ask('POST', `${path}/${person}`)
    expect(added.status, added.text).toBe(200)
    expect(added.body).toMatchObject({ session_id: session.session_id, record_number: n + 1 })
    const list = await at.ask('GET', path)
    expect(attendeeIds(added.body)).toEqual(attendeeIds(list.body))
    expect(added.headers.link).toEqual(list.headers.link)
  }
  const sorted = people.toSorted()
  const page = await at.ask('GET', `${path}?limit=10&offset=15`)
  expect(attendeeIds(page.body)).toEqual(sorted.slice(15))
  const [one = ''] = people
  const twice = await at.ask('POST', `${path}/${one}`)
  expectError(twice, 'already_attending')
  const agenda = await at.ask('GET', `/people/resources/${one}`)
  expect(agenda.body.favorite_data.sessions).toEqual([session.session_id])
  const removed = await at.ask('DELETE', `${path}/${one}`, undefined, { 'idempotency-key': 'x' })
  expect([removed.status, removed.text]).toEqual([200, ''])
  const replayed = await at.ask('DELETE', `${path}/${one}`, undefined, { 'idempotency-key': 'x' })
  expect([replayed.status, replayed.headers['idempotency-replayed']]).toEqual([200, 'true'])
  expectError(await at.ask('DELETE', `${path}/${one}`), 'not_attending')
  expect((await at.ask('GET', `/people/resources/${one}/sessions`)).body.sessions).toEqual([])
  expect((await at.ask('GET', path)).body.record_number).toBe(24)
  expectError(await at.ask('POST', `${path}/per_x`), 'person_not_found')
  expectError(await at.ask('POST', `${attendeesOf('ses_x')}/${one}`), 'session_not_found')
  expectError(await at.ask('GET', attendeesOf('ses_x')), 'session_not_found')
})

test('answers whoever joins with people as they are, and reads them once for a crowd', async () => {
  const at = await freshEvent()
  const [session, people] = [await makeSession(at), (await crowd(at, 24)).toSorted()]
  const join = (person = '') => at.ask('POST', `${attendeesOf(session.session_id)}/${person}`)
  for (const person of people.slice(0, 20)) await join(person)
  const [first = ''] = people
  const spent = { calls: 0, units: 0, conflicts: 0 }
  await countConsumed(spent, () => join(people[20]))
  // Six for writing; of twenty people none is read again.
  expect(spent.units).toBeGreaterThan(6)
  expect(spent.units).toBeLessThanOrEqual(6 + 8)
  const profile = { first_name: 'Renamed' }
  await at.ask('PATCH', `/people/resources/${first}`, { person: { profile } })
  expect(JSON.stringify((await join(people[21])).body)).toContain('Renamed')
  await at.ask('DELETE', `/people/resources/${first}`)
  const { body } = await join(people[22])
  expect(attendeeIds(body)).not.toContain(first)
  expect(body.record_number).toBe(22)
})

test('keeps attendance apart from roles', async () => {
  const at = await freshEvent()
  const [person = ''] = await crowd(at, 1)
  const session = await makeSession(at, { speakers: [person] })
  const path = `${attendeesOf(session.session_id)}/${person}`
  expect((await at.ask('POST', path)).body.record_number).toBe(1)
  const both = await at.ask('GET', `/people/resources/${person}/sessions`)
  expect(both.body.sessions[0].session_roles).toEqual(['rol_speaker'])
  await at.ask('PATCH', `/sessions/resources/${session.session_id}`, { session: { speakers: [] } })
  const attends = await at.ask('GET', `/people/resources/${person}/sessions`)
  expect(attends.body.sessions[0].session_roles).toEqual([])
  await at.ask('PATCH', `/sessions/resources/${session.session_id}`, {
    session: { speakers: [person] },
  })
  expect((await at.ask('DELETE', path)).status).toBe(200)
  const spoken = await at.ask('GET', `/people/resources/${person}`)
  expect(spoken.body.agenda.sessions[0].session_roles).toEqual(['rol_speaker'])
  expect(spoken.body.favorite_data.sessions).toEqual([])
})

test('gives the last seat to exactly one, whichever way they come', async () => {
  const at = await freshEvent()
  const [a = '', b = '', c = ''] = await crowd(at, 3)
  const session = await makeSession(at, { capacity: 1 })
  const id = session.session_id
  expect((await at.ask('POST', `${attendeesOf(id)}/${a}`)).status).toBe(200)
  const agenda = { assign_agenda: { sessions: [{ session_id: id }] } }
  const refused = [
    await at.ask('POST', `${attendeesOf(id)}/${b}`),
    await at.ask('POST', `/people/resources/${b}/sessions`, {
      session: { sessions: [{ session_id: id }] },
    }),
    await at.ask('PATCH', `/people/resources/${b}`, { person: agenda }),
    await at.ask('POST', '/people/resources', {
      person: { profile: { first_name: 'New' }, ...agenda },
    }),
  ]
  expect(refused.map(({ error }) => error)).toEqual(Array(4).fill('session_full'))
  expect((await at.ask('GET', '/people')).body.people_number).toBe(3)
  const path = `/sessions/resources/${id}`
  expect((await at.ask('PATCH', path, { session: { capacity: 2 } })).body.capacity).toBe(2)
  expect((await at.ask('POST', `${attendeesOf(id)}/${b}`)).status).toBe(200)
  await at.ask('PATCH', path, { session: { capacity: 1 } })
  expect((await at.ask('GET', attendeesOf(id))).body.record_number).toBe(2)
  expect((await at.ask('POST', `${attendeesOf(id)}/${c}`)).status).toBe(409)
  await at.ask('DELETE', `${attendeesOf(id)}/${a}`)
  expect((await at.ask('POST', `${attendeesOf(id)}/${c}`)).status).toBe(409)
  expect((await at.ask('PATCH', path, { session: { capacity: null } })).body.capacity).toBe(null)
  expect((await at.ask('POST', `${attendeesOf(id)}/${c}`)).status).toBe(200)
  await at.ask('PATCH', path, { session: { capacity: 3 } })
  expect((await at.ask('POST', `${attendeesOf(id)}/${a}`)).status).toBe(200)
  const [d = ''] = await crowd(at, 1)
  expect((await at.ask('POST', `${attendeesOf(id)}/${d}`)).status).toBe(409)
  await at.ask('DELETE', `/people/resources/${c}`)
  expect((await at.ask('POST', `${attendeesOf(id)}/${d}`)).status).toBe(200)
})

test('counts seats right when the capacity changes among comings or goings', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 60)
  const { session_id: id } = await makeSession(at)
  const path = `/sessions/resources/${id}`
  const join = (person: string) => at.ask('POST', `${attendeesOf(id)}/${person}`)
  const capacity = (seats: number | null) => at.ask('PATCH', path, { session: { capacity: seats } })
  const first = await Promise.all([
    ...people.slice(0, 30).map(join),
    capacity(40),
    ...people.slice(30).map(join),
  ])
  expect(first.filter(({ status }) => ![200, 409].includes(status))).toEqual([])
  const { record_number: held } = (await at.ask('GET', attendeesOf(id))).body
  expect(held).toBe(first.filter(({ status }) => status === 200).length - 1)
  const leaves = people
    .slice(0, 10)
    .map((person) => at.ask('DELETE', `${attendeesOf(id)}/${person}`))
  await Promise.all([...leaves, capacity(null)])
  await capacity(41)
  const { record_number: now } = (await at.ask('GET', attendeesOf(id))).body
  const again = await Promise.all(people.map(join))
  const seated = again.filter(({ status }) => status === 200).length
  expect(now + seated).toBe(Math.max(now, Math.min(60, 41)))
  expect((await at.ask('GET', attendeesOf(id))).body.record_number).toBe(now + seated)
})

test('counts whoever joins at the very moment at which seats become limited', async () => {
  const at = await freshEvent()
  const [a = '', b = ''] = await crowd(at, 2)
  const { session_id: id } = await makeSession(at)
  const join = (person: string) => at.ask('POST', `${attendeesOf(id)}/${person}`)
  rightBefore(`#SA#${id}`, () => join(a))
  const limited = await at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity: 1 } })
  expect(limited.status, limited.text).toBe(200)
  expect((await at.ask('GET', attendeesOf(id))).body.record_number).toBe(1)
  expectError(await join(b), 'session_full')
})

test('lets nobody slip into a session that is being deleted', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 40)
  const { session_id: id } = await makeSession(at, { speakers: people.slice(0, 20) })
  const answers = await Promise.all([
    ...people.slice(0, 20).map((person) => at.ask('POST', `${attendeesOf(id)}/${person}`)),
    at.ask('DELETE', `/sessions/resources/${id}`),
    ...people.slice(20).map((person) => at.ask('POST', `${attendeesOf(id)}/${person}`)),
  ])
  expect(answers.filter(({ status }) => ![200, 404].includes(status))).toEqual([])
  await runAllJobs()
  for (const person of people) {
    const read = await at.ask('GET', `/people/resources/${person}`)
    expect(read.body.agenda.sessions).toEqual([])
  }
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(0)
  const events = await at.ask('GET', '')
  expect(events.body.data_counters.sessions).toBe(0)
})
