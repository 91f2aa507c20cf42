import { expect, test } from 'vitest'
import { rightBefore } from '#test/support/crashes.ts'
import { freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'
import { costOf } from '../../bench/store-calls.ts'

test('reads what a path names by our id in one call with the event', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const { session_id } = await makeSession(at)
  for (const path of [`/people/resources/${person_id}`, `/sessions/resources/${session_id}`]) {
    await at.ask('GET', path)
    const { calls } = await costOf(async () => {
      expect((await at.ask('GET', path)).status).toBe(200)
    })
    expect(calls, path).toBe(1)
  }
})

test('reads nothing twice while it changes something', async () => {
  const at = await freshEvent()
  const { group_id } = await makeGroup(at, 'Crew')
  const { person_id } = await makePerson(at, { assign_groups: [group_id] })
  const change = (path: string, body: object) => async () => {
    expect((await at.ask('PATCH', path, body)).status).toBe(200)
  }
  const [person, group] = [`/people/resources/${person_id}`, `/people/groups/${group_id}`]
  // The event and the person, their groups, the write.
  expect((await costOf(change(person, { profile: { company: 'Ours' } }))).calls).toBe(3)
  // The event and the group, how many are in it, the write.
  expect((await costOf(change(group, { group_note: 'Ours' }))).calls).toBe(3)
})

test('reads anew what was read along when somebody has written since', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const path = `/people/resources/${person_id}`
  rightBefore(person_id, () => at.ask('PATCH', path, { profile: { title: 'Theirs' } }))
  expect((await at.ask('PATCH', path, { profile: { company: 'Ours' } })).status).toBe(200)
  const { profile } = (await at.ask('GET', path)).body
  expect(profile).toMatchObject({ company: 'Ours', title: 'Theirs' })
})

test('does not find along with an event what is deleted, or of another event', async () => {
  const [at, other] = [await freshEvent(), await freshEvent()]
  const { person_id } = await makePerson(at)
  const path = `/people/resources/${person_id}`
  expect((await other.ask('GET', path)).error).toBe('person_not_found')
  expect((await at.ask('DELETE', path)).status).toBe(200)
  expect((await at.ask('GET', path)).error).toBe('person_not_found')
})
