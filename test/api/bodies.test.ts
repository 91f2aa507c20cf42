import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent } from '#test/support/factories.ts'
import { photo } from '#test/support/photos.ts'

const people = '/people/resources'
const person = (first_name: string) => JSON.stringify({ profile: { first_name } })

it.each(['\ufeff', ''])('reads JSON that starts with %j', async (mark) => {
  const { ask } = await freshEvent()
  const made = await ask('POST', people, mark + person('Ada'))
  expect([made.status, made.body.profile.first_name]).toEqual([200, 'Ada'])
})

it.each([
  ['a byte of Latin-1', [0xfc]],
  ['a sequence cut short', [0xe2, 0x82]],
  ['a long sequence cut short', [0xf0, 0x9f, 0x98]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['UTF-16', [...Buffer.from('\ufeffA', 'utf16le')]],
])('refuses what is not UTF-8 in place of keeping U+FFFD: %s', async (_, bytes) => {
  const { ask } = await freshEvent()
  const [before = '', after = ''] = person('|').split('|')
  const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
  const reply = await ask('POST', people, body)
  expectError(reply, 'invalid_json')
  expect(reply.body.message).toMatch(/UTF-8/)
})

it('notices by the length that a gateway has replaced what was not UTF-8', async () => {
  const { ask } = await freshEvent()
  const sent = { 'content-length': '10' }
  expectError(await ask('POST', people, person('\ufffd'), sent), 'invalid_json')
  expect((await ask('POST', people, person('\ufffd'))).status).toBe(200)
})

it.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (text: string) => Buffer.from(text)],
])('reads a body that is encoded as %s', async (coding, encode) => {
  const { ask } = await freshEvent()
  const headers = { 'content-encoding': coding }
  const made = await ask('POST', people, encode(person('Zoë')), headers)
  expect([made.status, made.body.profile?.first_name]).toEqual([200, 'Zoë'])
})

it('reads an encoded picture', async () => {
  const { ask } = await freshEvent()
  const headers = { 'content-encoding': 'gzip', 'content-type': 'image/png' }
  const bytes = gzipSync(await photo({ width: 20, height: 20, type: 'png' }))
  expect((await ask('POST', '/resources/pictures', bytes, headers)).status).toBe(200)
})

it.each(['zstd', 'compress', 'gzip, gzip', 'constructor'])(
  'says that %s is not read',
  async (coding) => {
    const { ask } = await freshEvent()
    const reply = await ask('POST', people, person('Ada'), { 'content-encoding': coding })
    expectError(reply, 'unsupported_media_type')
    expect(reply.body.message).toMatch(/Content-Encoding/)
  },
)

it('refuses what is not as it is said to be encoded, or too large once it is read', async () => {
  const { ask } = await freshEvent()
  const headers = { 'content-encoding': 'gzip' }
  expectError(await ask('POST', people, person('Ada'), headers), 'invalid_json')
  const bomb = gzipSync(Buffer.alloc(limits.bodyBytes.value + 1, ' '))
  expectError(await ask('POST', people, bomb, headers), 'body_too_large')
})

it('says what is wrong with a body', async () => {
  const { ask } = await freshEvent()
  const told = async (body: string) => (await ask('POST', people, body)).body.message
  expect(await told('')).toMatch(/empty/)
  expect(await told(' \n')).toMatch(/empty/)
  expect(await told('{"profile":\n  {"first_name": Ada}}')).toMatch(/line 2, column 18/)
  expect(await told('{"profile": {"fist_name": "Ada"}}')).toMatch(/Did you mean “first_name”/)
})

it('guesses what a misspelt parameter or role was meant to be, and says what was not found', async () => {
  const { ask } = await freshEvent()
  const told = async (path: string) => (await ask('GET', path)).body.message
  expect(await told(`${people}?limt=5`)).toMatch(/known are .*limit.* Did you mean “limit”\?/)
  expect(await told(`${people}?Emails=a@example.com`)).toMatch(/Did you mean “emails”\?/)
  expect(await told(`${people}?colour=red`)).not.toMatch(/Did you mean/)
  const role = { session_roles: [{ session_role_name: 'Referent', people_list: [] }] }
  const session = {
    session_name: 'Opening',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
  }
  const refused = await ask('POST', '/sessions/resources', { ...session, ...role })
  expectError(refused, 'invalid_reference', 'session_roles[0].session_role_name')
  expect(refused.body.message).toMatch(/“Referent”.*Speaker and Moderator/)
})
