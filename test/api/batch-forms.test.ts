import { expect, test } from 'vitest'
import { crm, csv, everybody, type Row } from '#test/support/batches.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup } from '#test/support/factories.ts'

const ndjson = { 'content-type': 'application/x-ndjson' }

test('NDJSON: a line that is no JSON is a row that failed', async () => {
  const at = await freshEvent()
  const lines = [JSON.stringify(crm('1')), '{"profile":', '', JSON.stringify({ person: crm('2') })]
  const { body } = await at.ask('POST', '/people/resources/batch', lines.join('\r\n'), ndjson)
  expect(body.rows.map(({ status }: Row) => status)).toEqual(['created', 'failed', 'created'])
})

test('CSV as spreadsheets write it', async () => {
  const at = await freshEvent()
  const group = await makeGroup(at, 'Press')
  await at.ask('POST', '/people/custom_fields', { field_name: 'Größe' })
  const text = [
    '\ufeffexternal_ids.crm;profile.first_name;profile.last_name;profile.email_address;profile.about;assign_groups;custom.Größe',
    `007;Jürgen;"Müller; Dr.";J.Mueller@example.com;"two\nlines, ""quoted""";${group.group_id};M`,
    `008;'=Ada;Byron;;;"";`,
    '',
  ].join('\r\n')
  const sent = () => at.ask('POST', '/people/resources/batch', Buffer.from(text), csv)
  const first = await sent()
  expect(first.body, first.text).toMatchObject({ created: 2, failed: 0 })
  const made = (await at.ask('GET', `/people/resources/${first.body.rows[0].id}`)).body
  expect(made).toMatchObject({
    profile: { last_name: 'Müller; Dr.', email_address: 'j.mueller@example.com' },
    external_ids: [{}, { id_system: 'crm', id: '007' }],
    groups: [{ group_name: 'Press' }],
  })
  expect(made.profile.about).toBe('two\nlines, "quoted"')
  expect(Object.values(made.custom_fields_meta)).toEqual(['M'])
  const second = (await at.ask('GET', `/people/resources/${first.body.rows[1].id}`)).body
  expect(second.profile.first_name).toBe('=Ada')
  expect((await sent()).body).toMatchObject({ unchanged: 2 })
})

test('CSV in an encoding that it names', async () => {
  const at = await freshEvent()
  const latin = Buffer.from('profile.last_name\nMüller\n', 'latin1')
  const path = '/people/resources/batch'
  expectError(await at.ask('POST', path, latin, csv), 'invalid_json')
  const named = { 'content-type': 'text/csv; charset=windows-1252' }
  expect((await at.ask('POST', path, latin, named)).body.created).toBe(1)
  expect((await everybody(at))[0].profile.last_name).toBe('Müller')
  const unknown = { 'content-type': 'text/csv; charset=klingon' }
  expectError(await at.ask('POST', path, latin, unknown), 'unsupported_media_type')
})

test.each([
  ['profile.first_name,shoe_size\nAda,38\n', 'unknown_field', 'shoe_size'],
  ['profile.first_name,custom.Shoe\nAda,38\n', 'unknown_field', 'custom.Shoe'],
  ['profile.first_name,profile.first_name\nAda,Ada\n', 'invalid_csv', 'profile.first_name'],
  ['profile.first_name\n"Ada\n', 'invalid_csv', ''],
  ['profile.first_name\n', 'invalid_body', 'rows'],
] as const)(
  'CSV that cannot be cut into rows is refused as a whole: %j',
  async (text, error, field) => {
    const at = await freshEvent()
    const answer = await at.ask('POST', '/people/resources/batch', Buffer.from(text), csv)
    expectError(answer, error)
    expect(answer.body.fields).toBe(field)
  },
)

test.each([
  [{ rows: [] }, 'invalid_body'],
  [{ rows: [{}], more: 1 }, 'unknown_field'],
  [{ people: [] }, 'unknown_field'],
  [{ rows: Array(1001).fill({}) }, 'invalid_body'],
  [{ rows: [{ about: 'x'.repeat(5_300_000) }] }, 'body_too_large'],
] as const)('JSON that holds no rows is refused as a whole: %#', async (body, error) => {
  const at = await freshEvent()
  expectError(await at.ask('POST', '/people/resources/batch', body), error)
})
