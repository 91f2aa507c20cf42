import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ErrorName } from '#lib/base/errors.ts'
import { setClock } from '#lib/base/time.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { hostileHosts } from '#test/support/hostile-hosts.ts'
import { jpeg, objectsOf, photoHost, picturesOf, square, visit } from '#test/support/pictures.ts'

const photos = 'http://photos.example'
let hosts: Awaited<ReturnType<typeof photoHost>>
beforeEach(async () => {
  hosts = await photoHost()
})
afterEach(() => hosts.end())

const ada = { profile: { first_name: 'Ada' } }
const uploaded = { ...ada, upload_picture: { url: `${photos}/faces/photo.jpg` } }
const pictureRows = async (at: EventClient) => (await picturesOf(at).ask('GET')).body

describe('a picture by its URL', () => {
  test('is served after it was fetched, under the name of its source', async () => {
    const at = await freshEvent()
    const wide = { url: `${photos}/hop/2`, trim: '5x5:25x25' }
    const made = await picturesOf(at).ask('POST', '', {
      resource: { resource_type: 'picture', upload_picture: wide },
    })
    expect(made.status, made.text).toBe(200)
    expect(made.body).toMatchObject({ upload_filename: '2', upload_request: '' })
    const put = await picturesOf(at).ask('PUT', `/${made.body.resource_id}`, {
      upload_picture: { url: `${photos}/a%20b/c%2Fd.png`, trim: '' },
    })
    expect(put.body).toMatchObject({ url: made.body.url, upload_filename: 'd.png' })
    expect((await visit(made.body.url)).status).toBe(200)
    expect(hosts.canary()).toBe(0)
  })

  test('names the field at fault under the wrapper that was sent', async () => {
    const pictures = picturesOf(await freshEvent())
    const url = `${photos}/photo.jpg`
    const cases: [unknown, ErrorName, string][] = [
      [{ resource: {} }, 'invalid_body', 'resource.upload_picture'],
      [{}, 'invalid_body', 'upload_picture'],
      [{ upload_picture: {} }, 'invalid_body', 'upload_picture.url'],
      [{ resource: { resource_type: 'document' } }, 'invalid_body', 'resource.resource_type'],
      [
        { resource: { upload_picture: { url, trim: '9x9:1x1' } } },
        'invalid_trim',
        'resource.upload_picture.trim',
      ],
      [{ upload_picture: { url, trim: '0x0:31x31' } }, 'invalid_trim', 'upload_picture.trim'],
      [
        { upload_picture: { url: 'ftp://photos.example/x' } },
        'picture_url_refused',
        'upload_picture.url',
      ],
      [{ upload_picture: { url, size: 3 } }, 'unknown_field', 'upload_picture.size'],
      [
        { resource_id: '00000000-0000-4000-8000-000000000000', upload_picture: { url } },
        'reserved_id',
        'resource_id',
      ],
    ]
    for (const [body, error, fields] of cases) {
      const answer = await pictures.ask('POST', '', body)
      expect([answer.status, answer.error, answer.body.fields]).toEqual([400, error, fields])
    }
  })

  const some = [
    'sends a gzip bomb',
    'is not found',
    'redirects into this machine',
    'redirects in a circle',
    'sends two lengths',
  ]
  test.each(hostileHosts.filter(({ path }) => some.includes(path)))(
    'is refused when its host $path',
    async ({ path, verdict }) => {
      const at = await freshEvent()
      const url = `${photos}/${encodeURI(path)}`
      const answer = await picturesOf(at).ask('POST', '', { upload_picture: { url } })
      expect([answer.status, answer.error]).toEqual([400, verdict])
      expect(await pictureRows(at)).toEqual([])
      expect(await objectsOf(at.id)).toEqual([])
      expect(hosts.canary()).toBe(0)
    },
  )

  test('is not fetched from inside, whoever asks', async () => {
    const at = await freshEvent()
    const upload_picture = { url: 'http://inside.example/photo.jpg' }
    const pictures = await picturesOf(at).ask('POST', '', { upload_picture })
    const people = await at.ask('POST', '/people/resources', { person: { ...ada, upload_picture } })
    expectError(pictures, 'picture_url_refused', 'upload_picture.url')
    expectError(people, 'picture_url_refused', 'person.upload_picture.url')
    expect(hosts.canary()).toBe(0)
  })
})

test('slows an organisation down to five pictures a second after twenty at once', async () => {
  let at = Date.now()
  const giveBack = setClock(() => at)
  const [busy, idle] = [await freshEvent(), await freshEvent()]
  const bytes = await square()
  const post = () => picturesOf(busy).ask('POST', '', bytes, jpeg)
  for (let n = 0; n < 20; n += 1) expect((await post()).status).toBe(200)
  const refused = await post()
  expect([refused.status, refused.error]).toEqual([429, 'too_many_requests'])
  expect(refused.headers['retry-after']).toBe('1')
  const person = await busy.ask('POST', '/people/resources', { person: uploaded })
  expect([person.status, hosts.asked]).toEqual([429, []])
  expect((await picturesOf(idle).ask('POST', '', bytes, jpeg)).status).toBe(200)
  at += 1_000
  for (let n = 0; n < 5; n += 1) expect((await post()).status).toBe(200)
  expect((await post()).status).toBe(429)
  giveBack()
})
