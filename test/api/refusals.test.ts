import { describe, expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent } from '#test/support/factories.ts'
import { resources, withResource, writeMethods } from '#test/support/resources.ts'

const everything = Object.entries(resources)
const everyMethod = everything.flatMap(([name, resource]) =>
  writeMethods.map((method) => [method, name, resource] as const),
)
const changingMethods = everyMethod.filter(([method]) => method !== 'POST')
const named = (...names: string[]) => everyMethod.filter(([, name]) => names.includes(name))

describe('ids of other systems', () => {
  test.each(everyMethod)('%s %s: our own system is not for others', async (method, _, resource) => {
    const { write } = await withResource(resource)
    for (const id_system of ['Plenary', 'EVENTMOBI', 'eventMobi']) {
      const reply = await write(method, { external_ids: [{ id_system, id: 'x' }] })
      expectError(reply, 'reserved_id_system', `${resource.wrapper}.external_ids[0].id_system`)
    }
  })

  test.each(everyMethod)(
    '%s %s: an id of our shape is not of another system',
    async (method, _, resource) => {
      const { write } = await withResource(resource)
      const reply = await write(method, {
        external_ids: [{ id_system: 'crm', id: newId('person') }],
      })
      expectError(reply, 'reserved_id', `${resource.wrapper}.external_ids[0].id`)
    },
  )

  test.each(everyMethod)('%s %s: an id is of one resource only', async (method, _, resource) => {
    const { write, make } = await withResource(resource)
    const external_ids = [{ id_system: 'crm', id: '42' }]
    await make(3, { external_ids })
    expectError(await write(method, { external_ids }), 'duplicate_external_id')
    // Case is told apart, and so are systems.
    for (const other of [
      { id_system: 'CRM', id: '42' },
      { id_system: 'crm', id: 'Forty' },
    ]) {
      expect((await write(method, { external_ids: [other] })).status).toBe(200)
      if (method === 'POST') break
    }
  })
})

describe('ids in bodies', () => {
  test.each(changingMethods)(
    '%s %s: the id is the one of the path',
    async (method, _, resource) => {
      const { write, own } = await withResource(resource)
      const { kind, idField, wrapper } = resource
      expectError(
        await write(method, { [idField]: newId(kind) }),
        'id_mismatch',
        `${wrapper}.${idField}`,
      )
      expect((await write(method, { [idField]: own })).status).toBe(200)
    },
  )

  test.each(everything)('POST %s: an id is for the server to draw', async (_, resource) => {
    const { write } = await withResource(resource)
    const reply = await write('POST', { [resource.idField]: newId(resource.kind) })
    expectError(reply, 'reserved_id', `${resource.wrapper}.${resource.idField}`)
  })

  test('POST person: somebody who is there is not made again', async () => {
    const { write, own } = await withResource(resources.person ?? expect.fail())
    expectError(await write('POST', { person_id: own }), 'person_exists', 'person.person_id')
  })
})

describe('what is not, or no longer, as the request says', () => {
  test.each(changingMethods)(
    '%s %s: only while it is as If-Match says',
    async (method, _, resource) => {
      const { write, collection, own, send } = await withResource(resource)
      const stale = await write(method, {}, { 'if-match': '"another"' })
      expectError(stale, 'precondition_failed')
      expect(stale.headers.etag).toMatch(/^"[^"]+"$/)
      const fresh = { 'if-match': stale.headers.etag ?? '' }
      expect((await write(method, {}, fresh)).status).toBe(200)
      const gone = await send('DELETE', `${collection}/${own}`, {}, { 'if-match': '"another"' })
      expectError(gone, 'precondition_failed')
    },
  )

  test.each(changingMethods)('%s %s: only what is there', async (method, _, resource) => {
    const { collection, send } = await withResource(resource)
    const body = method === 'PUT' ? resource.fields(1) : {}
    const reply = await send(method, `${collection}/${newId(resource.kind)}`, body)
    expect(reply.status, reply.text).toBe(404)
  })

  test.each(everything)(
    'PUT %s: no new resource under an id that cannot be kept',
    async (_, resource) => {
      const { collection, send } = await withResource(resource)
      const headers = { ext_id_system: 'crm' }
      for (const id of ['x'.repeat(limits.externalIdLength.value + 1), 'a\u202eb']) {
        const reply = await send(
          'PUT',
          `${collection}/${encodeURIComponent(id)}`,
          resource.fields(2),
          headers,
        )
        expectError(reply, 'invalid_path')
      }
      const fits = 'x'.repeat(limits.externalIdLength.value)
      expect((await send('PUT', `${collection}/${fits}`, resource.fields(2), headers)).status).toBe(
        200,
      )
    },
  )
})

describe('names', () => {
  test.each(named('group', 'track'))(
    '%s %s: a name is of one only, however it is spelled',
    async (method, _, resource) => {
      const { write, make } = await withResource(resource)
      await make(3)
      const [[name, text] = ['', '']] = Object.entries(resource.fields(3))
      expectError(await write(method, { [name]: String(text).toUpperCase() }), 'duplicate_name')
    },
  )

  test.each(named('event'))('%s %s: a short code is of one only', async (method, _, resource) => {
    const { write, make } = await withResource(resource)
    await make(3, { short_code: 'rhine' })
    expectError(await write(method, { short_code: 'RHINE' }), 'duplicate_short_code')
  })

  test.each(named('group'))('%s %s: no name looks like an id', async (method, _, resource) => {
    const { write } = await withResource(resource)
    expectError(await write(method, { group_name: newId('group') }), 'reserved_name')
  })

  test.each(named('person'))('%s %s: an address is of one only', async (method, _, resource) => {
    const { write, make } = await withResource(resource)
    await make(3, { profile: { email_address: 'ada@example.com' } })
    const profile = { email_address: ' ADA@EXAMPLE.COM ' }
    expectError(await write(method, { profile }), 'duplicate_email', 'person.profile.email_address')
  })
})

describe('groups that the system keeps', () => {
  const builtins = async () => {
    const at = await freshEvent()
    const { body } = await at.ask('GET', '/people/groups')
    const ids = body.filter(({ group_type: type }: { group_type: string }) => type !== 'custom')
    return { at, ids: ids.map(({ group_id: id }: { group_id: string }) => id) as string[] }
  }

  test('are not touched by hand', async () => {
    const { at, ids } = await builtins()
    expect(ids).toHaveLength(2)
    const { body: person } = await at.ask('POST', '/people/resources', {
      profile: { first_name: 'Ada' },
    })
    for (const id of ids) {
      const one = `/people/groups/${id}`
      const member = `/people/resources/${person.person_id}/groups/${id}`
      expectError(await at.ask('PUT', one, { group_name: 'Ours' }), 'builtin_group')
      expectError(await at.ask('PATCH', one, { group_name: 'Ours' }), 'builtin_group')
      expectError(await at.ask('DELETE', one), 'builtin_group')
      expectError(await at.ask('POST', member), 'builtin_group')
      expectError(await at.ask('DELETE', member), 'builtin_group')
    }
  })

  test.each(named('person'))('%s %s: are not assigned', async (method, _, resource) => {
    const { at, write } = await withResource(resource)
    const { body } = await at.ask('GET', '/people/groups')
    const reply = await write(method, { assign_groups: [body[0].group_id] })
    expectError(reply, 'builtin_group', 'person.assign_groups[0]')
  })
})
