import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent } from '#test/support/factories.ts'
import { photo, pixels } from '#test/support/photos.ts'
import { jpeg, objectsOf, picturesOf, png, square, visit } from '#test/support/pictures.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('shows an uploaded picture at an address nobody can guess', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const made = await pictures.ask('POST', '', await square(64), jpeg)
  expect(made.status, made.text).toBe(200)
  const { resource_id: id, url, thumb_url } = made.body
  expect(made.body).toMatchObject({ resource_type: 'picture', filename: `${id}.jpg` })
  expect(made.body).toMatchObject({ upload_filename: '', upload_request: '' })
  expect(id).toMatch(uuid)
  expect(url).toMatch(new RegExp(`/pictures/${at.id}/${id}/[0-9a-f]{32}$`))
  const shown = await visit(url)
  expect(shown.status).toBe(200)
  expect(shown.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=31536000, no-cache',
    'x-content-type-options': 'nosniff',
  })
  expect(await pixels(shown.body)).toMatchObject({ width: 64, height: 64 })
  expect(await pixels((await visit(thumb_url)).body)).toMatchObject({ width: 128, height: 128 })
  expect((await visit(url, { 'if-none-match': shown.headers.etag ?? '' })).status).toBe(304)
  expect((await pictures.ask('GET', `/${id}`)).body).toMatchObject({ resource_id: id, url })
  expect((await at.ask('GET', '')).body.data_counters.pictures).toBe(1)
})

test('cuts a body that is not square by the trim of the query', async () => {
  const pictures = picturesOf(await freshEvent())
  const wide = await photo({ width: 60, height: 40, type: 'png' })
  const untrimmed = await pictures.ask('POST', '', wide, png)
  expect([untrimmed.status, untrimmed.error, untrimmed.body.fields]).toEqual([
    400,
    'trim_required',
    'trim',
  ])
  const outside = await pictures.ask('POST', '?trim=40x0:80x40', wide, png)
  expectError(outside, 'invalid_trim', 'trim')
  const made = await pictures.ask('POST', '?trim=20x0:60x40', wide, png)
  expect(made.body.filename).toMatch(/\.png$/)
  const shown = await visit(made.body.url)
  expect(shown.headers['content-type']).toBe('image/png')
  expect(await pixels(shown.body)).toMatchObject({ width: 40, height: 40 })
})

test('replaces bytes under the same name and address, of another type too', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const { resource_id: id, url, filename, thumb_url } = await pictures.add()
  const before = await visit(url)
  const other = await photo({ width: 30, height: 30, type: 'png' })
  const put = await pictures.ask('PUT', `/${id}`, other, png)
  expect(put.status, put.text).toBe(200)
  expect(put.body).toMatchObject({ resource_id: id, url, filename, thumb_url })
  const after = await visit(url, { 'if-none-match': before.headers.etag ?? '' })
  expect([after.status, after.headers['content-type']]).toEqual([200, 'image/png'])
  expect(await pixels(after.body)).toMatchObject({ width: 30 })
  expect((await visit(thumb_url)).headers['content-type']).toBe('image/png')
  expect(await objectsOf(at.id)).toHaveLength(2)
})

test('changes nothing but the update time when a PUT brings back what GET gave', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const { resource_id: id, url } = await pictures.add()
  const read = await pictures.ask('GET', `/${id}`)
  const shown = await visit(url)
  const put = await pictures.ask('PUT', `/${id}`, { resource: read.body })
  expect(put.status, put.text).toBe(200)
  const { timestamps: _, ...same } = read.body
  expect(put.body).toMatchObject(same)
  expect((await visit(url)).headers.etag).toBe(shown.headers.etag)
  const foreign = { ...read.body, resource_id: '00000000-0000-4000-8000-000000000000' }
  expectError(await pictures.ask('PUT', `/${id}`, foreign), 'id_mismatch')
})

test('tells states of a picture apart within a second by their ETags', async () => {
  const pictures = picturesOf(await freshEvent())
  const { resource_id: id, url } = await pictures.add()
  const { headers } = await pictures.ask('GET', `/${id}`)
  const etag = headers.etag ?? ''
  expect((await pictures.ask('GET', `/${id}`, undefined, { 'if-none-match': etag })).status).toBe(
    304,
  )
  const sides = [20, 21, 22, 23, 24, 25]
  const answers = await Promise.all(
    sides.map(async (side) =>
      pictures.ask('PUT', `/${id}`, await square(side), { ...jpeg, 'if-match': etag }),
    ),
  )
  const won = answers.filter(({ status }) => status === 200)
  expect(won).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(5)
  const winner = sides[answers.findIndex(({ status }) => status === 200)]
  expect(await pixels((await visit(url)).body)).toMatchObject({ width: winner })
  const stale = await pictures.ask('DELETE', `/${id}`, undefined, { 'if-match': etag })
  expect([stale.status, stale.headers.etag]).toEqual([412, won[0]?.headers.etag])
})

test('keeps the objects of the last of many replacements only', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const { resource_id: id, url } = await pictures.add()
  const sides = [20, 21, 22, 23, 24, 25, 26, 27]
  const files = await Promise.all(sides.map((side) => square(side)))
  const puts = await Promise.all(files.map((file) => pictures.ask('PUT', `/${id}`, file, jpeg)))
  expect(puts.map(({ status }) => status)).toEqual(sides.map(() => 200))
  const last = await pictures.ask('GET', `/${id}`)
  const decided = sides[puts.findIndex(({ headers }) => headers.etag === last.headers.etag)]
  expect(await pixels((await visit(url)).body)).toMatchObject({ width: decided })
  expect(await objectsOf(at.id)).toHaveLength(2)
})

test('lists in id order under both paths, by offset or cursor', async () => {
  const at = await freshEvent()
  const [one, other] = [picturesOf(at), picturesOf(at, 'events')]
  const ids: string[] = []
  for (let n = 0; n < 5; n += 1) ids.push((await (n % 2 ? one : other).add()).resource_id)
  ids.sort()
  const all = await one.ask('GET')
  expect(all.body.map((row: { resource_id: string }) => row.resource_id)).toEqual(ids)
  expect(all.headers['x-total-count']).toBe('5')
  expect((await other.ask('GET', '?offset=3')).body[0].resource_id).toBe(ids[3])
  const page = await other.ask('GET', '?limit=2')
  const next = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1] ?? ''
  const { pathname, search } = new URL(next)
  const second = await call('GET', pathname + search, { token: at.token })
  expect(second.body.map((row: { resource_id: string }) => row.resource_id)).toEqual(
    ids.slice(2, 4),
  )
  expectError(await one.ask('GET', '?cursor=bm8'), 'invalid_cursor')
})

test('deletes the objects with the row', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const { resource_id: id, url } = await pictures.add()
  const gone = await pictures.ask('DELETE', `/${id}`)
  expect([gone.status, gone.body.resource_id]).toEqual([200, id])
  expect((await visit(url)).status).toBe(404)
  expect(await objectsOf(at.id)).toEqual([])
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await pictures.ask(method, `/${id}`, method === 'PUT' ? {} : undefined)
    expect([answer.status, answer.error]).toEqual([404, 'picture_not_found'])
  }
  expect((await at.ask('GET', '')).body.data_counters.pictures).toBe(0)
})

test('hides pictures from every other event', async () => {
  const [at, sibling] = [await freshEvent(), await freshEvent()]
  const { resource_id: id } = await picturesOf(at).add()
  const inSibling = await picturesOf(sibling).ask('GET', `/${id}`)
  expect([inSibling.status, inSibling.error]).toEqual([404, 'picture_not_found'])
  const foreign = await picturesOf({ id: at.id, token: sibling.token }).ask('GET', `/${id}`)
  expect([foreign.status, foreign.error]).toEqual([404, 'event_not_found'])
  for (const odd of ['x', `${id}.jpg`, id.toUpperCase(), '..%2f', `${id}%00`]) {
    expect((await picturesOf(at).ask('GET', `/${odd}`)).status, odd).toBe(404)
  }
})

test('lets staff do nothing with pictures but look', async () => {
  const at = await freshEvent()
  const { resource_id: id } = await picturesOf(at).add()
  const body = { role: 'event_staff', name: 'Door', events: [at.id] }
  const { token } = (await call('POST', '/tokens', { token: at.token, body })).body
  const staff = picturesOf({ id: at.id, token })
  expect((await staff.ask('GET', `/${id}`)).status).toBe(200)
  for (const [method, path] of [
    ['POST', ''],
    ['PUT', `/${id}`],
    ['DELETE', `/${id}`],
  ] as const) {
    const answer = await staff.ask(method, path, await square(), jpeg)
    expect([answer.status, answer.error], method).toEqual([403, 'forbidden'])
  }
})

test('takes JPEG or PNG of up to 4 MiB', async () => {
  const pictures = picturesOf(await freshEvent())
  for (const type of ['image/gif', 'image/svg+xml', 'text/html', 'application/octet-stream']) {
    const answer = await pictures.ask('POST', '', await square(), { 'content-type': type })
    expect([answer.status, answer.error], type).toEqual([415, 'unsupported_media_type'])
  }
  const most = limits.pictureUploadBytes.value
  const padded = (size: number) => square().then((file) => Buffer.concat([file], size))
  const fits = await pictures.ask('POST', '', await padded(most), jpeg)
  expect(fits.status, fits.text).toBe(200)
  const over = await pictures.ask('POST', '', await padded(most + 1), jpeg)
  expect([over.status, over.error]).toEqual([413, 'body_too_large'])
})

test('judges content by its bytes, whatever type the request names', async () => {
  const pictures = picturesOf(await freshEvent())
  const asPng = await pictures.ask('POST', '', await square(), png)
  expect(asPng.body.filename).toMatch(/\.jpg$/)
  for (const bytes of [Buffer.alloc(0), Buffer.from('GIF89a'), (await square()).subarray(0, 90)]) {
    const answer = await pictures.ask('POST', '', bytes, jpeg)
    expect([answer.status, answer.error]).toEqual([400, 'invalid_picture'])
  }
})

test('answers a repeated upload from its record', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const headers = { ...jpeg, 'idempotency-key': 'one' }
  const bytes = await square()
  const first = await pictures.ask('POST', '', bytes, headers)
  const again = await pictures.ask('POST', '', bytes, headers)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.body).toEqual(first.body)
  const many = { ...jpeg, 'idempotency-key': 'two' }
  const answers = await Promise.all([...Array(4)].map(() => pictures.ask('POST', '', bytes, many)))
  expect(new Set(answers.map(({ body }) => body.resource_id)).size).toBe(1)
  expect((await pictures.ask('GET')).headers['x-total-count']).toBe('2')
  expect(await objectsOf(at.id)).toHaveLength(4)
  const other = await pictures.ask('POST', '', await square(17), headers)
  expect([other.status, other.error]).toEqual([422, 'idempotency_mismatch'])
})
