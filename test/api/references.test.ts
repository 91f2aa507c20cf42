import { describe, expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent } from '#test/support/factories.ts'
import { photo } from '#test/support/photos.ts'
import { ihdr, pngOf } from '#test/support/png.ts'
import { resources, type WriteMethod, withResource, writeMethods } from '#test/support/resources.ts'

const everything = Object.entries(resources)
const everyMethod = everything.flatMap(([name, resource]) =>
  writeMethods.map((method) => [method, name, resource] as const),
)
const named = (...names: string[]) => everyMethod.filter(([, name]) => names.includes(name))

describe('references', () => {
  /** Things of another event of the organisation are as unknown as things of nobody. */
  const foreign: [string, string, (id: string) => Record<string, unknown>, string][] = [
    ['person', 'group', (id) => ({ assign_groups: [id] }), 'assign_groups[0]'],
    [
      'person',
      'session',
      (id) => ({ assign_agenda: { sessions: [{ session_id: id }] } }),
      'assign_agenda.sessions[0].session_id',
    ],
    ['session', 'track', (id) => ({ session_tracks: [id] }), 'session_tracks[0]'],
    ['session', 'person', (id) => ({ speakers: [id] }), 'speakers[0]'],
    [
      'session',
      'person',
      (id) => ({ session_roles: [{ session_role_id: 'rol_speaker', people_list: [id] }] }),
      'session_roles[0].people_list[0]',
    ],
  ]
  const cases = foreign.flatMap((one) => writeMethods.map((method) => [method, ...one] as const))

  test.each(cases)('%s %s: no %s of another event', async (method, name, other, fields, field) => {
    const [resource, referred] = [resources[name], resources[other]]
    if (!resource || !referred) return expect.fail()
    const [{ write, at }, elsewhere] = await Promise.all([
      withResource(resource),
      withResource(referred),
    ])
    const before = await at.ask('GET', '')
    const known = await write(method, fields(elsewhere.own))
    const nobody = newId(referred.kind)
    const random = await write(method, fields(nobody))
    expectError(known, 'invalid_reference', `${resource.wrapper}.${field}`)
    expect(known.body.message).toContain(elsewhere.own)
    const told = ({ body }: typeof known, id: string) =>
      JSON.stringify({ ...body, request_id: '' }).replaceAll(id, 'id')
    expect(told(known, elsewhere.own)).toBe(told(random, nobody))
    expect((await at.ask('GET', '')).headers.etag).toBe(before.headers.etag)
  })

  test('POST group: no member who is not one person of the event', async () => {
    const { write, at } = await withResource(resources.group ?? expect.fail())
    const elsewhere = await withResource(resources.person ?? expect.fail())
    const members = (group_members: object[]) => write('POST', { group_members })
    const unknown = await members([{ member_id: elsewhere.own }])
    expectError(unknown, 'invalid_reference', 'group.group_members[0].member_id')
    const add = (first_name: string) =>
      at.ask('POST', '/people/resources', {
        profile: { first_name, email_address: `${first_name}@example.com` },
      })
    const [ada] = await Promise.all([add('ada'), add('eve')])
    const mixed = { member_id: ada.body.person_id, member_email: 'eve@example.com' }
    expectError(await members([mixed]), 'member_mismatch')
  })

  test.each(named('person', 'session'))(
    '%s %s: no custom field that is not defined',
    async (method, _, resource) => {
      const { write } = await withResource(resource)
      const id = newId('field')
      const reply = await write(method, { custom_fields_meta: { [id]: 'M' } })
      expectError(reply, 'unknown_custom_field', `${resource.wrapper}.custom_fields_meta.${id}`)
    },
  )
})

describe('sizes', () => {
  const owner: Record<string, string> = { person: 'people', session: 'sessions' }

  test.each(named('person', 'session'))(
    '%s %s: at most 64 KB',
    async (method: WriteMethod, name, resource) => {
      const { write, at } = await withResource(resource)
      const custom_fields_meta: Record<string, string> = {}
      for (let n = 0; n < 14; n += 1) {
        const made = await at.ask('POST', `/${owner[name]}/custom_fields`, { field_name: `F${n}` })
        custom_fields_meta[made.body.custom_field_id] = 'x'.repeat(limits.customFieldText.value)
      }
      expectError(await write(method, { custom_fields_meta }), 'too_large')
    },
  )

  test.each(['people', 'sessions'])('%s have at most 200 custom fields', async (of) => {
    const at = await freshEvent()
    const add = (n: number) => at.ask('POST', `/${of}/custom_fields`, { field_name: `Field ${n}` })
    for (let n = 1; n <= limits.customFields.value; n += 1) {
      const made = await add(n)
      expect(made.status, made.text).toBe(200)
    }
    expectError(await add(0), 'too_many_objects')
  })
})

test.each(named('session'))('%s %s: no time that is not', async (method, _, resource) => {
  const { write } = await withResource(resource)
  const reply = await write(method, { session_start_time: '09-00', session_end_time: '09:00' })
  expectError(reply, 'invalid_time')
})

describe('pictures', () => {
  const ways = ['/event', '/events'].flatMap((plural) =>
    ['POST', 'PUT'].map((method) => [method, plural] as const),
  )
  const opened = async (method: string, plural: string) => {
    const at = await freshEvent()
    const collection = `${plural}/${at.id}/resources/pictures`
    const send = (verb: string, path: string, type: string, body: unknown) =>
      call(verb, path, { token: at.token, body, headers: { 'content-type': type } })
    const first = await send(
      'POST',
      collection,
      'image/png',
      await photo({ width: 8, height: 8, type: 'png' }),
    )
    const path = method === 'POST' ? collection : `${collection}/${first.body.resource_id}`
    return (type: string, body: unknown, trim = '') =>
      send(method, trim ? `${path}?trim=${trim}` : path, type, body)
  }

  test.each(ways)('%s %s: a picture is readable within its limits', async (method, plural) => {
    const put = await opened(method, plural)
    expectError(await put('image/jpeg', Buffer.from('GIF89a')), 'invalid_picture')
    expectError(await put('image/png', pngOf({ ihdr: ihdr(5_010, 5_010) })), 'picture_too_large')
    const most = Buffer.alloc(limits.pictureUploadBytes.value + 1)
    expectError(await put('image/png', most), 'body_too_large')
  })

  test.each(ways)('%s %s: a trim is a square inside', async (method, plural) => {
    const put = await opened(method, plural)
    const wide = await photo({ width: 16, height: 8 })
    expectError(await put('image/jpeg', wide), 'trim_required')
    expectError(await put('image/jpeg', wide, '0x0:16x8'), 'invalid_trim')
    expectError(await put('image/jpeg', wide, '12x0:20x8'), 'invalid_trim')
    expect((await put('image/jpeg', wide, '8x0:16x8')).status).toBe(200)
  })

  test.each(ways)('%s %s: nothing is fetched from inside', async (method, plural) => {
    const put = await opened(method, plural)
    for (const url of ['http://127.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/']) {
      const reply = await put('application/json', { resource: { upload_picture: { url } } })
      expectError(reply, 'picture_url_refused')
    }
  })

  test.each(named('person'))(
    '%s %s: nothing is fetched from inside',
    async (method, _, resource) => {
      const { write } = await withResource(resource)
      const reply = await write(method, { upload_picture: { url: 'http://127.0.0.1/' } })
      expectError(reply, 'picture_url_refused')
    },
  )
})
