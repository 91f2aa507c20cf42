import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { objectsOf, photoHost, picturesOf, visit } from '#test/support/pictures.ts'
import { rowsMentioning } from '#test/support/scan.ts'

const photos = 'http://photos.example'
let hosts: Awaited<ReturnType<typeof photoHost>>
beforeEach(async () => {
  hosts = await photoHost()
})
afterEach(() => hosts.end())

const ada = { profile: { first_name: 'Ada' } }
const uploaded = { ...ada, upload_picture: { url: `${photos}/faces/photo.jpg` } }
const pictureRows = async (at: EventClient) => (await picturesOf(at).ask('GET')).body

describe('people', () => {
  test('keep an uploaded picture through a PUT of what GET gave', async () => {
    const at = await freshEvent()
    const made = await call(
      'POST',
      `/en/api/v2/events/${at.id}/people/resources?timestamp_format=integer`,
      {
        token: at.token,
        body: { person: uploaded },
      },
    )
    expect(made.status, made.text).toBe(200)
    const { person_id: id, profile } = made.body
    const [row] = await pictureRows(at)
    expect(row).toMatchObject({
      url: profile.picture_url,
      upload_filename: 'photo.jpg',
      upload_request: `/en/api/v2/events/${at.id}/people/resources`,
    })
    expect((await visit(profile.picture_url)).status).toBe(200)
    const read = await at.ask('GET', `/people/resources/${id}`)
    const put = await at.ask('PUT', `/people/resources/${id}`, read.body)
    expect(put.body.profile.picture_url).toBe(profile.picture_url)
    const patched = await at.ask('PATCH', `/people/resources/${id}`, { profile: { company: 'X' } })
    expect(patched.body.profile.picture_url).toBe(profile.picture_url)
    const list = await at.ask('GET', '/people/resources')
    expect(list.body.people_list[0].profile.picture_url).toBe(profile.picture_url)
    expect(hosts.asked).toEqual(['/faces/photo.jpg'])
  })

  test('show the picture that was last named for them, by id, filename or null', async () => {
    const at = await freshEvent()
    const [one, other] = [await picturesOf(at).add(), await picturesOf(at).add()]
    const person = await makePerson(at, {
      profile: { ...ada.profile, picture_resource_id: one.resource_id },
    })
    expect(person.profile.picture_url).toBe(one.url)
    const path = `/people/resources/${person.person_id}`
    const patch = (profile: object) => at.ask('PATCH', path, { person: { profile } })
    const renamed = await patch({ picture_resource_id: other.filename })
    expect(renamed.body.profile.picture_url).toBe(other.url)
    expect((await picturesOf(at).ask('DELETE', `/${one.resource_id}`)).status).toBe(200)
    const cleared = await patch({ picture_resource_id: null })
    expect([cleared.status, cleared.body.profile.picture_url]).toEqual([200, ''])
    expect(cleared.body.profile.first_name).toBe('Ada')
    const again = await at.ask('PUT', path, {
      ...ada,
      profile: { ...ada.profile, picture_resource_id: other.resource_id },
    })
    expect(again.body.profile.picture_url).toBe(other.url)
    const none = await at.ask('PUT', path, {
      profile: { ...ada.profile, picture_resource_id: null },
    })
    expect(none.body.profile.picture_url).toBe('')
    expect((await picturesOf(at).ask('DELETE', `/${other.resource_id}`)).status).toBe(200)
  })

  test('get no picture that is not of their event', async () => {
    const [at, sibling] = [await freshEvent(), await freshEvent()]
    const foreign = await picturesOf(sibling).add()
    const { resource_id: id } = await picturesOf(at).add()
    for (const name of [foreign.resource_id, foreign.filename, 'x', `${id}.png`, `${id}.jpg.jpg`]) {
      const person = { profile: { ...ada.profile, picture_resource_id: name } }
      const answer = await at.ask('POST', '/people/resources', { person })
      expect([answer.status, answer.error]).toEqual([400, 'invalid_reference'])
      expect(answer.body.fields).toBe('person.profile.picture_resource_id')
    }
  })

  test('hold a picture against any deletion but one by force', async () => {
    const at = await freshEvent()
    const person = await makePerson(at, uploaded)
    const [row] = await pictureRows(at)
    const refused = await picturesOf(at).ask('DELETE', `/${row.resource_id}`)
    expect([refused.status, refused.error]).toEqual([409, 'picture_in_use'])
    expect((await picturesOf(at).ask('DELETE', `/${row.resource_id}?force=yes`)).status).toBe(400)
    const before = await at.ask('GET', `/people/resources/${person.person_id}`)
    const forced = await picturesOf(at).ask('DELETE', `/${row.resource_id}?force=true`)
    expect(forced.status, forced.text).toBe(200)
    const after = await at.ask('GET', `/people/resources/${person.person_id}`)
    expect(after.body.profile.picture_url).toBe('')
    expect(after.headers.etag).not.toBe(before.headers.etag)
    expect(await objectsOf(at.id)).toEqual([])
    await runAllJobs()
    expect(await rowsMentioning(row.resource_id)).toEqual([])
  })

  test('lose it at once though they are more than one transaction holds', async () => {
    const at = await freshEvent()
    const { resource_id: id, url } = await picturesOf(at).add()
    const profile = { first_name: 'Ada', picture_resource_id: id }
    const people: Awaited<ReturnType<typeof makePerson>>[] = []
    for (let n = 0; n < 120; n += 1) people.push(await makePerson(at, { profile }))
    expect(people.at(-1).profile.picture_url).toBe(url)
    expect((await picturesOf(at).ask('DELETE', `/${id}?force=true`)).status).toBe(200)
    const list = await at.ask('GET', '/people/resources?limit=200')
    expect(list.body.people_list).toHaveLength(120)
    const shown = list.body.people_list.filter((one: (typeof people)[0]) => one.profile.picture_url)
    expect(shown).toEqual([])
    const path = `/people/resources/${people[0].person_id}`
    expect((await at.ask('PATCH', path, { profile: { company: 'X' } })).status).toBe(200)
    expectError(
      await at.ask('PATCH', path, { profile: { picture_resource_id: id } }),
      'invalid_reference',
    )
    await runAllJobs()
    expect(await rowsMentioning(id)).toEqual([])
  })

  test('either hold a picture against its deletion or are refused it, however close the two come', async () => {
    const at = await freshEvent()
    const people = []
    for (let n = 0; n < 12; n += 1) people.push(await makePerson(at, ada))
    for (let round = 0; round < 3; round += 1) {
      const { resource_id: id } = await picturesOf(at).add()
      const profile = { picture_resource_id: id }
      const [deleted, ...patched] = await Promise.all([
        picturesOf(at).ask('DELETE', `/${id}`),
        ...people.map((one) => at.ask('PATCH', `/people/resources/${one.person_id}`, { profile })),
      ])
      const used = patched.filter(({ status }) => status === 200)
      expect(deleted?.status).toBe(used.length > 0 ? 409 : 200)
      for (const { status, error } of patched)
        expect([200, 'invalid_reference']).toContain(error ?? status)
      const rows = await pictureRows(at)
      expect(rows).toHaveLength(used.length > 0 ? 1 : 0)
      if (rows.length > 0) await picturesOf(at).ask('DELETE', `/${id}?force=true`)
      expect(await rowsMentioning(id)).toEqual([])
    }
  })

  test('take nobody down with them: a deleted person leaves the picture to others', async () => {
    const at = await freshEvent()
    const { resource_id: id, url } = await picturesOf(at).add()
    const profile = { first_name: 'Ada', picture_resource_id: id }
    const [one, other] = [await makePerson(at, { profile }), await makePerson(at, { profile })]
    await at.ask('DELETE', `/people/resources/${one.person_id}`)
    expect((await picturesOf(at).ask('DELETE', `/${id}`)).status).toBe(409)
    const read = await at.ask('GET', `/people/resources/${other.person_id}`)
    expect(read.body.profile.picture_url).toBe(url)
    await at.ask('DELETE', `/people/resources/${other.person_id}`)
    expect((await picturesOf(at).ask('DELETE', `/${id}`)).status).toBe(200)
  })

  test('who are refused leave no picture behind', async () => {
    const at = await freshEvent()
    const email_address = 'ada@example.com'
    await makePerson(at, { profile: { ...ada.profile, email_address } })
    const person = { ...uploaded, profile: { ...ada.profile, email_address } }
    const twice = await at.ask('POST', '/people/resources', { person })
    expect([twice.status, twice.error]).toEqual([409, 'duplicate_email'])
    expect(hosts.asked).toHaveLength(1)
    expect(await pictureRows(at)).toEqual([])
    expect(await objectsOf(at.id)).toEqual([])
    const bad = { ...uploaded, assign_groups: ['nobody'] }
    expect((await at.ask('POST', '/people/resources', { person: bad })).status).toBe(400)
    const trim = { ...ada, upload_picture: { url: `${photos}/photo.jpg`, trim: '1x1' } }
    const cut = await at.ask('POST', '/people/resources', { person: trim })
    expectError(cut, 'invalid_trim', 'person.upload_picture.trim')
    expect(hosts.asked).toHaveLength(1)
    expect(await rowsMentioning('settle-picture')).toEqual([])
  })

  test('are made once by the same request twice, with one download', async () => {
    const at = await freshEvent()
    const key = { 'idempotency-key': 'one' }
    const first = await at.ask('POST', '/people/resources', { person: uploaded }, key)
    const again = await at.ask('POST', '/people/resources', { person: uploaded }, key)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.body).toEqual(first.body)
    expect(hosts.asked).toHaveLength(1)
    const many = { 'idempotency-key': 'two' }
    await Promise.all(
      [...Array(4)].map(() => at.ask('POST', '/people/resources', { person: uploaded }, many)),
    )
    expect((await at.ask('GET', '/people')).body.people_number).toBe(2)
    expect(await pictureRows(at)).toHaveLength(2)
    expect(await objectsOf(at.id)).toHaveLength(4)
  })

  test('prefer what they upload to what they name, in PATCH too', async () => {
    const at = await freshEvent()
    const { resource_id: picture_resource_id, url } = await picturesOf(at).add()
    const made = await makePerson(at, {
      ...uploaded,
      profile: { ...ada.profile, picture_resource_id },
    })
    expect(made.profile.picture_url).not.toBe(url)
    const { etag = '' } = (await at.ask('GET', `/people/resources/${made.person_id}`)).headers
    const patch = (ifMatch: string) =>
      at.ask(
        'PATCH',
        `/people/resources/${made.person_id}`,
        { upload_picture: { url: `${photos}/photo.jpg` } },
        { 'if-match': ifMatch },
      )
    const patched = await patch(etag)
    expect(patched.status, patched.text).toBe(200)
    expect(patched.body.profile.picture_url).not.toBe(made.profile.picture_url)
    expect((await patch(etag)).status).toBe(412)
    expect(hosts.asked).toHaveLength(2)
    expect(await pictureRows(at)).toHaveLength(3)
  })

  test('may be staff to look, not to change', async () => {
    const at = await freshEvent()
    const { person_id: id } = await makePerson(at, uploaded)
    const body = { role: 'event_staff', name: 'Door', events: [at.id] }
    const { token } = (await call('POST', '/tokens', { token: at.token, body })).body
    const path = `/events/${at.id}/people/resources/${id}`
    expect((await call('GET', path, { token })).body.profile.picture_url).not.toBe('')
    expect((await call('PATCH', path, { token, body: uploaded })).status).toBe(403)
    expect(hosts.asked).toHaveLength(1)
  })
})
