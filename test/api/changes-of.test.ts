import { beforeAll, expect, test } from 'vitest'
import { call } from '../support/call.ts'
import { changesBy, changesIn, typesOf } from '../support/changes.ts'
import {
  type EventClient,
  freshEvent,
  makeGroup,
  makePerson,
  runAllJobs,
} from '../support/factories.ts'
import { followChanges } from '../support/feed.ts'
import { makeSession } from '../support/sessions.ts'

beforeAll(followChanges)

const done = async (reply: Promise<{ status: number; text: string }>) => {
  const { status, text } = await reply
  expect(status, text).toBe(200)
}

test('tells of an event with its built-in groups, who made it, and in which request', async () => {
  const at = await freshEvent()
  const [event, ...groups] = await changesIn(at)
  expect(event).toMatchObject({ sequence: 1, type: 'event.created', object_id: at.id, version: 1 })
  expect(event?.actor).toMatchObject({ name: 'Operator', role: 'super_admin' })
  expect(event?.request_id).toMatch(/\S/)
  expect(groups.map(({ type }) => type)).toEqual(['group.created', 'group.created'])
  const changed = await changesBy(at, () =>
    done(call('PATCH', `/events/${at.id}`, { token: at.token, body: { name: 'Elbe' } })),
  )
  expect(changed).toMatchObject([{ type: 'event.updated', changed: ['name'] }])
})

test('names the fields of a person that have changed, and no value', async () => {
  const at = await freshEvent()
  const { person_id: id } = await makePerson(at, { profile: { first_name: 'Canary' } })
  const changes = await changesBy(at, () =>
    done(
      at.ask('PATCH', `/people/resources/${id}`, {
        profile: { first_name: 'Canaria', email_address: 'canary@example.com', about: 'Canary' },
      }),
    ),
  )
  expect(changes).toMatchObject([
    { type: 'person.updated', object_id: id, changed: ['about', 'email_address', 'first_name'] },
  ])
  expect(JSON.stringify(await changesIn(at))).not.toMatch(/canar/i)
})

test('says nothing of a write that changes nothing', async () => {
  const at = await freshEvent()
  const { person_id: id } = await makePerson(at)
  const { body } = await at.ask('GET', `/people/resources/${id}`)
  expect(await typesOf(at, () => done(at.ask('PUT', `/people/resources/${id}`, body)))).toEqual([])
})

test('tells of members, attendees and roles with the ids of both', async () => {
  const at = await freshEvent()
  const { group_id: group } = await makeGroup(at, 'Crew')
  const { session_id: session } = await makeSession(at)
  const made = await changesBy(at, () =>
    makePerson(at, {
      assign_groups: [group],
      assign_agenda: { sessions: [{ session_id: session, session_roles: ['Moderator'] }] },
    }),
  )
  const person = made[0]?.object_id
  expect(made.map(({ type, note }) => [type, note])).toEqual([
    ['person.created', {}],
    ['membership.added', { person_id: person, group_id: group }],
    ['role.added', { person_id: person, session_id: session, role: 'rol_moderator' }],
  ])
  const seat = `/sessions/resources/${session}/attendees/${person}`
  expect(await typesOf(at, () => done(at.ask('POST', seat)))).toEqual(['attendance.added'])
  expect(await typesOf(at, () => done(at.ask('DELETE', seat)))).toEqual(['attendance.removed'])
  const member = `/people/resources/${person}/groups/${group}`
  expect(await typesOf(at, () => done(at.ask('DELETE', member)))).toEqual(['membership.removed'])
})

test('tells of a deletion with who made it, and is silent about what is swept behind it', async () => {
  const at = await freshEvent()
  const { group_id: group } = await makeGroup(at, 'Crew')
  const { session_id: session } = await makeSession(at)
  const agenda = { sessions: [{ session_id: session, session_roles: ['Speaker'] }] }
  const { person_id: person } = await makePerson(at, {
    assign_groups: [group],
    assign_agenda: agenda,
  })
  await done(at.ask('POST', `/sessions/resources/${session}/attendees/${person}`))
  const deleted = (path: string) =>
    changesBy(at, async () => {
      await done(at.ask('DELETE', path))
      await runAllJobs()
    })
  expect(await deleted(`/people/groups/${group}`)).toMatchObject([
    { type: 'group.deleted', object_id: group, actor: { role: 'super_admin' } },
  ])
  // Nobody speaks any more, and that is the end of a membership in a group that stays.
  const ended = await deleted(`/sessions/resources/${session}`)
  expect(ended.map(({ type }) => type).sort()).toEqual(['membership.removed', 'session.deleted'])
  expect(await deleted(`/people/resources/${person}`)).toMatchObject([
    { type: 'person.deleted', object_id: person, actor: { role: 'super_admin' } },
  ])
})

test('calls an erasure a deletion that is for good', async () => {
  const at = await freshEvent()
  const { person_id: id } = await makePerson(at, { profile: { first_name: 'Canary' } })
  const types = await typesOf(at, async () => {
    await done(at.ask('DELETE', `/people/resources/${id}?erase=true`))
    await runAllJobs()
  })
  expect(types).toEqual(['person.deleted', 'person.erased'])
  expect(JSON.stringify(await changesIn(at))).not.toMatch(/canar/i)
})

test('tells once of somebody who has more than one transaction holds', async () => {
  const at = await freshEvent()
  const groups: string[] = []
  for (let n = 0; n < 120; n += 1) groups.push((await makeGroup(at, `Group ${n}`)).group_id)
  const made = await changesBy(at, () => makePerson(at, { assign_groups: groups }))
  expect(made[0]?.type).toBe('person.created')
  const joined = made.filter(({ type }) => type === 'membership.added')
  expect(joined.map(({ note }) => note.group_id).sort()).toEqual(groups.sort())
  expect(made.length).toBe(121)
  expect(new Set(made.map(({ request_id }) => request_id)).size).toBe(1)
  const types = await typesOf(at, async () => {
    await done(at.ask('DELETE', `/people/resources/${made[0]?.object_id}`))
    await runAllJobs()
  })
  expect(types).toEqual(['person.deleted'])
})

test('is silent about what goes with its event', async () => {
  const at = await freshEvent()
  await makePerson(at)
  await makeSession(at)
  const before = (await changesIn(at)).at(-1)?.sequence
  await done(call('DELETE', `/events/${at.id}`, { token: at.token }))
  await runAllJobs()
  expect((await at.ask('GET', '/changes')).error).toBe('event_not_found')
  const all = await organisationChanges(at)
  expect(all.filter(({ sequence }) => sequence > (before ?? 0))).toMatchObject([
    { event_id: at.id, type: 'event.deleted', actor: { role: 'super_admin' } },
  ])
})

async function organisationChanges({ token }: EventClient) {
  const { drainFeed } = await import('../support/feed.ts')
  await drainFeed()
  const { body } = await call('GET', '/changes', { token, query: { limit: 1000 } })
  return body.changes_list as { event_id: string; sequence: number; type: string }[]
}

test('tells of tracks, custom fields and rooms, whose ends are silent for those that had them', async () => {
  const at = await freshEvent()
  const track = await at.ask('POST', '/sessions/tracks', { track_name: 'Main' })
  const field = await at.ask('POST', '/people/custom_fields', { field_name: 'Size' })
  const { session_id: session } = await makeSession(at, { session_tracks: [track.body.track_id] })
  const { person_id: person } = await makePerson(at, {
    custom_fields_meta: { [field.body.custom_field_id]: 'Canary' },
  })
  const moved = await changesBy(at, () =>
    done(at.ask('PATCH', `/sessions/resources/${session}`, { session_tracks: [] })),
  )
  expect(moved).toMatchObject([{ type: 'session.updated', changed: ['session_tracks'] }])
  await done(
    at.ask('PATCH', `/sessions/resources/${session}`, { session_tracks: [track.body.track_id] }),
  )
  const types = await typesOf(at, async () => {
    await done(at.ask('DELETE', `/sessions/tracks/${track.body.track_id}`))
    await done(at.ask('DELETE', `/people/custom_fields/${field.body.custom_field_id}`))
    await runAllJobs()
  })
  expect(types).toEqual(['track.deleted', 'custom_field.deleted'])
  const renamed = await changesBy(at, () =>
    done(at.ask('PATCH', `/people/resources/${person}`, { profile: { company: 'Canary' } })),
  )
  expect(renamed).toMatchObject([{ changed: ['company'] }])
  expect(
    await typesOf(at, async () => {
      const room = await at.ask('POST', '/rooms', { room_name: 'Hall' })
      await done(at.ask('PATCH', `/rooms/${room.body.room_id}`, { room_name: 'Aula' }))
      await done(at.ask('DELETE', `/rooms/${room.body.room_id}`))
    }),
  ).toEqual(['room.created', 'room.updated', 'room.deleted'])
})
