import { describe, expect, it } from 'vitest'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { resources, withResource } from '#test/support/resources.ts'

const headers = { ext_id_system: 'crm' }
const kept = [
  '71edb91f-314b-496a-832e-4185ea611bb5',
  '00000000-0000-0000-0000-000000000000',
  '007',
  'Ä#1',
  'a%2Fb',
  'خانه\u200cای',
]
const torn = ['2027/001', 'a\\b', 'who?', '.', '..', '/']

describe.each(Object.entries(resources))('ids that another system has of a %s', (_, resource) => {
  it('lead to it, whatever their shape', async () => {
    const { collection, send } = await withResource(resource)
    for (const [n, id] of kept.entries()) {
      const path = `${collection}/${encodeURIComponent(id)}`
      const made = await send('PUT', path, resource.fields(n + 10), headers)
      expect(made.status, made.text).toBe(200)
      const read = await send('GET', path, {}, headers)
      expect([read.status, read.body[resource.idField]]).toEqual([200, id])
    }
  })

  it('are refused by their reason when no path carries them', async () => {
    const { write } = await withResource(resource)
    for (const id of torn) {
      const reply = await write('POST', { external_ids: [{ id_system: 'crm', id }] })
      expectError(reply, 'invalid_body', `${resource.wrapper}.external_ids[0].id`)
      expect(reply.body.message).toMatch(/slash|dot path/)
    }
  })

  it('never make anything when a slash tears the path apart', async () => {
    const { collection, send } = await withResource(resource)
    const reply = await send('PUT', `${collection}/2027%2F777`, resource.fields(2), headers)
    expect([400, 404]).toContain(reply.status)
  })
})

it('says that an id with a slash is why PUT finds nothing', async () => {
  const { ask } = await freshEvent()
  const path = '/people/resources/2027%2F777'
  const body = { profile: { first_name: 'Ada' } }
  const reply = await ask('PUT', path, body, headers)
  expectError(reply, 'invalid_path')
  expect(reply.body.message).toMatch(/slash/)
  expectError(await ask('PUT', path, body), 'not_found')
})

it('takes a group name that a path carries, a UUID among them, and no other', async () => {
  const { ask } = await freshEvent()
  const name = '71edb91f-314b-496a-832e-4185ea611bb5'
  expect((await ask('POST', '/people/groups', { group_name: name })).status).toBe(200)
  expect((await ask('GET', `/people/groups/${name}`)).status).toBe(200)
  for (const bad of torn) {
    const reply = await ask('POST', '/people/groups', { group_name: bad })
    expectError(reply, 'invalid_body', 'group_name')
  }
})

describe('what is blank once it is trimmed', () => {
  const blanks = ['%20', '%C2%A0', '%E2%80%8B', '%E2%80%8D', '%EF%BB%BF', '%E3%85%A4', '%09']

  it.each(blanks)('names nothing in a path: %s', async (blank) => {
    const at = await freshEvent()
    const { person_id } = await makePerson(at)
    const paths = [
      `people/resources/${blank}`,
      `people/resources/${blank}/groups`,
      `people/groups/${blank}`,
      `people/custom_fields/${blank}`,
      `sessions/resources/${blank}`,
      `sessions/resources/${blank}/attendees`,
      `sessions/tracks/${blank}`,
      `resources/pictures/${blank}`,
      `groups/${blank}`,
      `event_schedules/${blank}`,
    ]
    for (const more of [{}, headers]) {
      for (const path of paths) {
        const reply = await at.ask('GET', `/${path}`, undefined, more)
        expect([404, 405], `${path} ${reply.text}`).toContain(reply.status)
      }
      const event = await call('GET', `/events/${blank}`, { token: at.token, headers: more })
      expectError(event, 'event_not_found')
    }
    const membership = await at.ask('POST', `/people/resources/${person_id}/groups/${blank}`)
    expectError(membership, 'group_not_found')
  })

  it.each(blanks)('matches nothing in a filter: %s', async (blank) => {
    const at = await freshEvent()
    await makePerson(at)
    const lists = ['people/resources?ids', 'people/resources?emails', 'people/resources?groups']
    for (const list of [...lists, 'sessions/resources?tracks', 'sessions/resources?ids']) {
      const reply = await at.ask('GET', `/${list}=${blank}`)
      expect([reply.status, reply.body.record_number], list).toEqual([200, 0])
    }
  })
})

it.each(Object.entries(resources))(
  'takes %s back under our id as it was printed in ids of another system',
  async (_, resource) => {
    const { send, collection, make } = await withResource(resource)
    const external = (id: string) => ({ external_ids: [{ id_system: 'crm', id }] })
    const [id] = await Promise.all([make(3, external('c-3')), make(4, external('c-4'))])
    const headers = { ext_id_system: 'crm' }
    const path = `${collection}/${id}`
    const got = await send('GET', path, {}, headers)
    expect(got.body[resource.idField]).toBe('c-3')
    for (const method of ['PUT', 'PATCH']) {
      const back = await send(method, path, got.body, headers)
      expect(back.status, back.text).toBe(200)
      expect(back.headers.etag).toBe(got.headers.etag)
      const other = { ...got.body, [resource.idField]: 'c-4' }
      expectError(await send(method, path, other, headers), 'id_mismatch')
    }
  },
)
