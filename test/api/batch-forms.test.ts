import { expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
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

test('CSV whose lines end otherwise than its header', async () => {
  const at = await freshEvent()
  const text = 'profile.first_name;profile.about\nAda;"one\r\ntwo"\r\nEve;three\rPat;"four"\r\n'
  const { body } = await at.ask('POST', '/people/resources/batch', text, csv)
  expect(body, JSON.stringify(body)).toMatchObject({ created: 3, failed: 0 })
  const abouts = (await everybody(at)).map(({ profile }: AnyPerson) => profile.about)
  expect(abouts.sort()).toEqual(['four', 'one\ntwo', 'three'])
})

type AnyPerson = { profile: { about: string } }

test('CSV columns that say what their values are', async () => {
  const at = await freshEvent()
  for (const name of ['Age', 'VIP', 'Diets', 'Odd#number'])
    await at.ask('POST', '/people/custom_fields', { field_name: name })
  const names = [
    'custom.Age#number',
    'custom.VIP#boolean',
    'custom.Diets#list',
    'custom.Odd#number',
  ]
  const text = `profile.first_name,${names}\nAda,-1.5e3,TRUE,"[""a;b"",""c""]",7\nEve,old,perhaps,x;y,\n`
  const { body } = await at.ask('POST', '/people/resources/batch', text, csv)
  expect(body, JSON.stringify(body)).toMatchObject({ created: 2, failed: 0 })
  const values = (await everybody(at)).map((one: { custom_fields_meta: object }) =>
    Object.values(one.custom_fields_meta)
      .map((value) => JSON.stringify(value))
      .sort(),
  )
  expect(values.sort()).toEqual([
    ['"7"', '-1500', '["a;b","c"]', 'true'],
    ['"old"', '"perhaps"', '["x","y"]'],
  ])
})

test('CSV and JSON refer to people, groups, tracks and rooms by names, single routes by ids alone', async () => {
  const at = await freshEvent()
  await makeGroup(at, 'Press')
  await at.ask('POST', '/sessions/tracks', { track_name: 'Research' })
  const { room_id } = (await at.ask('POST', '/rooms', { room_name: 'Großer Saal' })).body
  const person = { profile: { first_name: 'Ada', email_address: 'ada@example.com' } }
  const rows = [{ ...person, assign_groups: ['press'] }]
  expect((await at.ask('POST', '/people/resources/batch', { rows })).body.created).toBe(1)
  const session = {
    session_name: 'Opening',
    session_date: '2027-05-04',
    session_start_time: '09-00',
    session_end_time: '10-00',
    speakers: ['ADA@example.com'],
    session_tracks: ['research'],
    room_id: 'Großer Saal',
  }
  const path = '/sessions/resources'
  const made = await at.ask('POST', `${path}/batch`, { rows: [session] })
  expect(made.body, made.text).toMatchObject({ created: 1 })
  const [one] = (await at.ask('GET', path)).body.session_list
  expect(one).toMatchObject({ room_id, session_roles: [{ session_role_name: 'Speaker' }] })
  expect(one.session_tracks).toHaveLength(1)
  const unknown = { ...session, session_tracks: ['Nothing'] }
  const refused = await at.ask('POST', `${path}/batch`, { rows: [unknown] })
  expect(refused.body.rows[0]).toMatchObject({
    code: codeOf('invalid_reference'),
    errors: [{ field: 'session_tracks[0]' }],
  })
  expectError(await at.ask('POST', path, session), 'invalid_reference')
})

test('rows of another event are known by what they name beside ids that mean nothing here', async () => {
  const at = await freshEvent()
  const foreign = {
    person_id: 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa',
    external_ids: [
      { id_system: 'Plenary', id: 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa' },
      { id_system: 'crm', id: '7' },
    ],
    profile: { first_name: 'Ada', email_address: 'ada@example.com' },
    timestamps: {},
  }
  const sent = async (row: object, query = '') =>
    (await at.ask('POST', `/people/resources/batch${query}`, { rows: [row] })).body.rows[0]
  expect(await sent(foreign, '?mode=update')).toMatchObject({ status: 'failed' })
  expect(await sent(foreign, '?key=id')).toMatchObject({ status: 'failed' })
  expect(await sent(foreign)).toMatchObject({ status: 'created' })
  expect(await sent(foreign, '?key=email')).toMatchObject({ status: 'unchanged' })
  const { external_ids: _, ...byEmail } = foreign
  expect(await sent(byEmail)).toMatchObject({ status: 'unchanged' })
  const { timestamps: __, ...written } = foreign
  expect(await sent(written)).toMatchObject({ status: 'failed' })
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
