import { describe, expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { freshEvent } from '#test/support/make.ts'
import { doors, expectRefusal, shop, things } from '#test/support/things.ts'

const everything = Object.entries(things)
const atEveryDoor = everything.flatMap(([name, thing]) =>
  doors.map((door) => [door, name, thing] as const),
)
const atChangingDoors = atEveryDoor.filter(([door]) => door !== 'POST')
const named = (...names: string[]) => atEveryDoor.filter(([, name]) => names.includes(name))

describe('ids of other systems', () => {
  test.each(atEveryDoor)('%s %s: our own system is not for others', async (door, _, thing) => {
    const { knock } = await shop(thing)
    for (const id_system of ['Plenary', 'EVENTMOBI', 'eventMobi']) {
      const reply = await knock(door, { external_ids: [{ id_system, id: 'x' }] })
      expectRefusal(reply, 'reserved_id_system', `${thing.wrapper}.external_ids[0].id_system`)
    }
  })

  test.each(atEveryDoor)(
    '%s %s: an id of our shape is not of another system',
    async (door, _, thing) => {
      const { knock } = await shop(thing)
      const reply = await knock(door, { external_ids: [{ id_system: 'crm', id: newId('person') }] })
      expectRefusal(reply, 'reserved_id', `${thing.wrapper}.external_ids[0].id`)
    },
  )

  test.each(atEveryDoor)('%s %s: an id is of one thing only', async (door, _, thing) => {
    const { knock, make } = await shop(thing)
    const external_ids = [{ id_system: 'crm', id: '42' }]
    await make(3, { external_ids })
    expectRefusal(await knock(door, { external_ids }), 'duplicate_external_id')
    // Case is told apart, and so are systems.
    for (const other of [
      { id_system: 'CRM', id: '42' },
      { id_system: 'crm', id: 'Forty' },
    ]) {
      expect((await knock(door, { external_ids: [other] })).status).toBe(200)
      if (door === 'POST') break
    }
  })
})

describe('ids in bodies', () => {
  test.each(atChangingDoors)('%s %s: the id is the one of the path', async (door, _, thing) => {
    const { knock, own } = await shop(thing)
    const { kind, idField, wrapper } = thing
    expectRefusal(
      await knock(door, { [idField]: newId(kind) }),
      'id_mismatch',
      `${wrapper}.${idField}`,
    )
    expect((await knock(door, { [idField]: own })).status).toBe(200)
  })

  test.each(everything)('POST %s: an id is for the server to draw', async (_, thing) => {
    const { knock } = await shop(thing)
    const reply = await knock('POST', { [thing.idField]: newId(thing.kind) })
    expectRefusal(reply, 'reserved_id', `${thing.wrapper}.${thing.idField}`)
  })

  test('POST person: somebody who is there is not made again', async () => {
    const { knock, own } = await shop(things.person ?? expect.fail())
    expectRefusal(await knock('POST', { person_id: own }), 'person_exists', 'person.person_id')
  })
})

describe('what is not, or no longer, as the request says', () => {
  test.each(atChangingDoors)('%s %s: only while it is as If-Match says', async (door, _, thing) => {
    const { knock, collection, own, send } = await shop(thing)
    const stale = await knock(door, {}, { 'if-match': '"another"' })
    expectRefusal(stale, 'precondition_failed')
    expect(stale.headers.etag).toMatch(/^"[^"]+"$/)
    const fresh = { 'if-match': stale.headers.etag ?? '' }
    expect((await knock(door, {}, fresh)).status).toBe(200)
    const gone = await send('DELETE', `${collection}/${own}`, {}, { 'if-match': '"another"' })
    expectRefusal(gone, 'precondition_failed')
  })

  test.each(atChangingDoors)('%s %s: only what is there', async (door, _, thing) => {
    const { collection, send } = await shop(thing)
    const body = door === 'PUT' ? thing.fields(1) : {}
    const reply = await send(door, `${collection}/${newId(thing.kind)}`, body)
    expect(reply.status, reply.text).toBe(404)
  })

  test.each(everything)(
    'PUT %s: no new thing under an id that cannot be kept',
    async (_, thing) => {
      const { collection, send } = await shop(thing)
      const headers = { ext_id_system: 'crm' }
      for (const id of ['x'.repeat(limits.externalIdLength.value + 1), 'a\u202eb']) {
        const reply = await send(
          'PUT',
          `${collection}/${encodeURIComponent(id)}`,
          thing.fields(2),
          headers,
        )
        expectRefusal(reply, 'invalid_path')
      }
      const fits = 'x'.repeat(limits.externalIdLength.value)
      expect((await send('PUT', `${collection}/${fits}`, thing.fields(2), headers)).status).toBe(
        200,
      )
    },
  )
})

describe('names', () => {
  test.each(named('group', 'track'))(
    '%s %s: a name is of one only, however it is spelled',
    async (door, _, thing) => {
      const { knock, make } = await shop(thing)
      await make(3)
      const [[name, text] = ['', '']] = Object.entries(thing.fields(3))
      expectRefusal(await knock(door, { [name]: String(text).toUpperCase() }), 'duplicate_name')
    },
  )

  test.each(named('event'))('%s %s: a short code is of one only', async (door, _, thing) => {
    const { knock, make } = await shop(thing)
    await make(3, { short_code: 'rhine' })
    expectRefusal(await knock(door, { short_code: 'RHINE' }), 'duplicate_short_code')
  })

  test.each(named('group'))('%s %s: no name looks like an id', async (door, _, thing) => {
    const { knock } = await shop(thing)
    expectRefusal(await knock(door, { group_name: newId('group') }), 'reserved_name')
  })

  test.each(named('person'))('%s %s: an address is of one only', async (door, _, thing) => {
    const { knock, make } = await shop(thing)
    await make(3, { profile: { email_address: 'ada@example.com' } })
    const profile = { email_address: ' ADA@EXAMPLE.COM ' }
    expectRefusal(await knock(door, { profile }), 'duplicate_email', 'person.profile.email_address')
  })
})

describe('groups that the system keeps', () => {
  const builtins = async () => {
    const at = await freshEvent()
    const { body } = await at.ask('GET', '/people/groups')
    const ids = body.filter(({ group_type: type }: { group_type: string }) => type !== 'custom')
    return { at, ids: ids.map(({ group_id: id }: { group_id: string }) => id) as string[] }
  }

  test('are neither changed nor deleted, and take nobody by hand', async () => {
    const { at, ids } = await builtins()
    expect(ids).toHaveLength(2)
    const { body: person } = await at.ask('POST', '/people/resources', {
      profile: { first_name: 'Ada' },
    })
    for (const id of ids) {
      const one = `/people/groups/${id}`
      const member = `/people/resources/${person.person_id}/groups/${id}`
      expectRefusal(await at.ask('PUT', one, { group_name: 'Ours' }), 'builtin_group')
      expectRefusal(await at.ask('PATCH', one, { group_name: 'Ours' }), 'builtin_group')
      expectRefusal(await at.ask('DELETE', one), 'builtin_group')
      expectRefusal(await at.ask('POST', member), 'builtin_group')
      expectRefusal(await at.ask('DELETE', member), 'builtin_group')
    }
  })

  test.each(named('person'))('%s %s: are not assigned', async (door, _, thing) => {
    const { at, knock } = await shop(thing)
    const { body } = await at.ask('GET', '/people/groups')
    const reply = await knock(door, { assign_groups: [body[0].group_id] })
    expectRefusal(reply, 'builtin_group', 'person.assign_groups[0]')
  })
})
