import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { crashOnceDecided, restart } from '#test/support/crashes.ts'
import { freshEvent, inTurns, makeGroup, runAllJobs } from '#test/support/factories.ts'
import { large, range } from '#test/support/large-writes.ts'
import { crowd, makeSession } from '#test/support/sessions.ts'

setLogSink(() => undefined)

test('does not undo a later change of a person by an earlier one that was killed', async () => {
  const { at, groups, patch, groupsNow } = await large()
  crashOnceDecided()
  await patch({ assign_groups: groups })
  restart()
  expect((await patch({ assign_groups: [] })).status).toBe(200)
  await runAllJobs()
  expect(await groupsNow()).toEqual([])
  await expectConsistent(at)
})

test('does not undo a later joining of a group by an earlier change that was killed', async () => {
  const { at, groups, patch, path, groupsNow } = await large()
  await patch({ assign_groups: groups })
  crashOnceDecided()
  await patch({ assign_groups: [] })
  restart()
  const [last = ''] = groups.slice(-1)
  expect((await at.ask('POST', `${path}/groups/${last}`)).status).toBe(200)
  await runAllJobs()
  expect(await groupsNow()).toEqual([last])
})

test('does not undo a later change of a session by an earlier one that was killed', async () => {
  const at = await freshEvent()
  const speakers = await crowd(at, 60)
  const { session_id: id } = await makeSession(at)
  const path = `/sessions/resources/${id}`
  crashOnceDecided()
  await at.ask('PATCH', path, { session: { speakers } })
  restart()
  const later = { session: { speakers: [], location: 'later' } }
  expect((await at.ask('PATCH', path, later)).status).toBe(200)
  await runAllJobs()
  const { body } = await at.ask('GET', path)
  expect(body.session_roles).toEqual([])
  expect(body.location).toBe('later')
  await expectConsistent(at)
})

test('does not give a role back to a person who has none since a session of 60 speakers was killed', async () => {
  const at = await freshEvent()
  const speakers = await crowd(at, 60)
  const { session_id: id } = await makeSession(at)
  crashOnceDecided()
  await at.ask('PATCH', `/sessions/resources/${id}`, { session: { speakers } })
  restart()
  const last = `/people/resources/${speakers.at(-1)}`
  const none = { assign_agenda: { sessions: [] } }
  expect((await at.ask('PATCH', last, { person: none })).status).toBe(200)
  await runAllJobs()
  expect((await at.ask('GET', last)).body.agenda.sessions).toEqual([])
  const [{ people_list }] = (await at.ask('GET', `/sessions/resources/${id}`)).body.session_roles
  expect(people_list).toHaveLength(59)
  await expectConsistent(at)
})

test('does not put a person back into a session that lost all its speakers since they were killed', async () => {
  const at = await freshEvent()
  const [person = ''] = await crowd(at, 1)
  const made = await inTurns(range(100), () => makeSession(at))
  const ids = made.map(({ session_id }) => session_id)
  const sessions = ids.map((session_id) => ({ session_id, session_roles: ['Speaker'] }))
  crashOnceDecided()
  await at.ask('PATCH', `/people/resources/${person}`, { person: { assign_agenda: { sessions } } })
  restart()
  const last = `/sessions/resources/${ids.at(-1)}`
  expect((await at.ask('PATCH', last, { session: { speakers: [] } })).status).toBe(200)
  await runAllJobs()
  expect((await at.ask('GET', last)).body.session_roles).toEqual([])
  await expectConsistent(at)
})

test('does not put people back into a group that they left since it was killed while it was made', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 60)
  const group_members = people.map((member_id) => ({ member_id }))
  crashOnceDecided()
  await at.ask('POST', '/people/groups', { group: { group_name: 'Crew', group_members } })
  restart()
  const other = await makeGroup(at, 'Other')
  const last = `/people/resources/${people.at(-1)}`
  const person = { assign_groups: [other.group_id] }
  expect((await at.ask('PATCH', last, { person })).status).toBe(200)
  await runAllJobs()
  expect((await at.ask('GET', last)).body.groups).toMatchObject([{ group_name: 'Other' }])
  await expectConsistent(at)
})
