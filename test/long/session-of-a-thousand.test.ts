import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession, withoutTimes } from '#test/support/sessions.ts'

test('takes at most a thousand people with a role in a session, from either side', async () => {
  const at = await freshEvent()
  const most = limits.sessionRolePeople.value
  const people: string[] = []
  for (let n = 0; n <= most; n += 77) {
    const some = await Promise.all([...Array(Math.min(77, most + 1 - n))].map(() => makePerson(at)))
    people.push(...some.map(({ person_id }) => person_id))
  }
  const last = people[most] ?? ''
  const speakers = people.slice(0, most)
  const slot = {
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
  }
  const tooMany = await at.ask('POST', '/sessions/resources', {
    session: {
      session_name: 'S',
      ...slot,
      speakers,
      session_roles: [{ session_role_name: 'Moderator', people_list: [last] }],
    },
  })
  expectError(tooMany, 'invalid_body', 'session.session_roles')
  const longer = await at.ask('POST', '/sessions/resources', {
    session: { session_name: 'S', ...slot, speakers: people },
  })
  expectError(longer, 'invalid_body', 'session.speakers')
  const made = await makeSession(at, { speakers })
  const path = `/sessions/resources/${made.session_id}`
  expect(made.session_roles[0].people_list).toEqual(speakers)
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(most)
  const sessions = [{ session_id: made.session_id, session_roles: ['Moderator'] }]
  const agenda = { person: { assign_agenda: { sessions } } }
  const refused = await at.ask('PATCH', `/people/resources/${last}`, agenda)
  expectError(refused, 'too_many_objects')
  const read = await at.ask('GET', path)
  const put = await at.ask('PUT', path, read.body)
  expect(withoutTimes(put.body)).toEqual(withoutTimes(read.body))
  const turned = [{ session_role_name: 'Moderator', people_list: people.slice(1) }]
  const changed = await at.ask('PATCH', path, { session: { session_roles: turned } })
  expect(changed.body.session_roles).toEqual([
    expect.objectContaining({ people_list: people.slice(1) }),
  ])
  expect((await at.ask('GET', '/people/groups/Speakers')).body.member_number).toBe(0)
})
