import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '#lib/base/time.ts'
import { liars } from '#test/support/liars.ts'
import { type Asking, freshEvent } from '#test/support/make.ts'
import { jpeg, objectsOf, photoHost, picturesOf, square, visit } from '#test/support/pictures.ts'

const photos = 'http://photos.example'
let hosts: Awaited<ReturnType<typeof photoHost>>
beforeEach(async () => {
  hosts = await photoHost()
})
afterEach(() => hosts.end())

const ada = { profile: { first_name: 'Ada' } }
const uploaded = { ...ada, upload_picture: { url: `${photos}/faces/photo.jpg` } }
const pictureRows = async (at: Asking) => (await picturesOf(at).ask('GET')).body

describe('a picture by its URL', () => {
  test('is fetched, named after its source and served', async () => {
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
    const cases: [unknown, number, string][] = [
      [{ resource: {} }, 4000002, 'resource.upload_picture'],
      [{}, 4000002, 'upload_picture'],
      [{ upload_picture: {} }, 4000002, 'upload_picture.url'],
      [{ resource: { resource_type: 'document' } }, 4000002, 'resource.resource_type'],
      [
        { resource: { upload_picture: { url, trim: '9x9:1x1' } } },
        4000022,
        'resource.upload_picture.trim',
      ],
      [{ upload_picture: { url, trim: '0x0:31x31' } }, 4000022, 'upload_picture.trim'],
      [{ upload_picture: { url: 'ftp://photos.example/x' } }, 4000018, 'upload_picture.url'],
      [{ upload_picture: { url, size: 3 } }, 4000004, 'upload_picture.size'],
      [
        { resource_id: '00000000-0000-4000-8000-000000000000', upload_picture: { url } },
        4000009,
        'resource_id',
      ],
    ]
    for (const [body, code, fields] of cases) {
      const answer = await pictures.ask('POST', '', body)
      expect([answer.status, answer.body.code, answer.body.fields]).toEqual([400, code, fields])
    }
  })

  const some = [
    'sends a gzip bomb',
    'is not found',
    'redirects into this machine',
    'redirects in a circle',
    'sends two lengths',
  ]
  test.each(liars.filter(({ path }) => some.includes(path)))(
    'is refused when its host $path',
    async ({ path, verdict }) => {
      const at = await freshEvent()
      const url = `${photos}/${encodeURI(path)}`
      const answer = await picturesOf(at).ask('POST', '', { upload_picture: { url } })
      const code = { picture_url_refused: 4000018, picture_fetch_failed: 4000019 }[verdict]
      expect([answer.status, answer.body.code]).toEqual([400, code])
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
    expect([pictures.body.code, pictures.body.fields]).toEqual([4000018, 'upload_picture.url'])
    expect([people.body.code, people.body.fields]).toEqual([4000018, 'person.upload_picture.url'])
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
  expect([refused.status, refused.body.code]).toEqual([429, 4290000])
  expect(refused.headers['retry-after']).toBe('1')
  const person = await busy.ask('POST', '/people/resources', { person: uploaded })
  expect([person.status, hosts.asked]).toEqual([429, []])
  expect((await picturesOf(idle).ask('POST', '', bytes, jpeg)).status).toBe(200)
  at += 1_000
  for (let n = 0; n < 5; n += 1) expect((await post()).status).toBe(200)
  expect((await post()).status).toBe(429)
  giveBack()
})
