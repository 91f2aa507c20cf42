import { describe, expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { countConsumed } from '#lib/table/consumed.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { provoked } from '#test/support/error-coverage.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

const ndjson = { 'content-type': 'application/x-ndjson' }
const csv = { 'content-type': 'text/csv' }

type Row = Record<string, unknown>
const batch = (at: EventClient, rows: Row[], query = '') =>
  at.ask('POST', `/people/resources/batch?${query}`, { rows })
const crm = (id: string, profile: object = {}) => ({
  external_ids: [{ id_system: 'crm', id }],
  profile: { first_name: 'Ada', last_name: `No ${id}`, ...profile },
})
const list = async (at: EventClient) =>
  (await at.ask('GET', '/people/resources?limit=1000')).body.people_list

describe('people', () => {
  test('are created by the hundred, and sent again are unchanged', async () => {
    const at = await freshEvent()
    const rows = [...Array(200).keys()].map((n) =>
      crm(`${n}`, { email_address: `p${n}@example.com`, company: 'Analytical Engines' }),
    )
    const first = await batch(at, rows)
    expect(first.body).toMatchObject({
      record_number: 200,
      created: 200,
      failed: 0,
      dry_run: false,
    })
    expect((await at.ask('GET', '/people')).body.people_number).toBe(200)
    const before = await list(at)
    const again = await batch(at, rows)
    expect(again.body).toMatchObject({ created: 0, updated: 0, unchanged: 200, failed: 0 })
    expect(again.body.rows[7]).toEqual({ row: 8, status: 'unchanged', id: first.body.rows[7].id })
    expect((await list(at)).map(withoutRequestTime)).toEqual(before.map(withoutRequestTime))
    await expectConsistent(at)
  })

  test('change by what a row says, and keep what it does not', async () => {
    const at = await freshEvent()
    const group = await makeGroup(at, 'Press')
    const made = await makePerson(at, {
      ...crm('1', { company: 'Before', title: 'Countess' }),
      external_ids: [
        { id_system: 'crm', id: '1' },
        { id_system: 'badge', id: 'b1' },
      ],
      assign_groups: [group.group_id],
    })
    const changed = await batch(at, [crm('1', { company: 'After', about: null })])
    expect(changed.body.rows).toEqual([{ row: 1, status: 'updated', id: made.person_id }])
    const now = (await at.ask('GET', `/people/resources/${made.person_id}`)).body
    expect(now.profile).toMatchObject({ company: 'After', title: 'Countess', last_name: 'No 1' })
    expect(now.external_ids.slice(1)).toContainEqual({ id_system: 'badge', id: 'b1' })
    expect(now.groups).toHaveLength(1)
  })

  test('stand for themselves: a bad row harms no other and says what is wrong', async () => {
    const at = await freshEvent()
    const rows = [
      crm('1'),
      crm('2', { email_address: 'nobody' }),
      { profile: { first_nam: 'Ada' } },
      crm('3', { first_name: 'x'.repeat(201) }),
      { ...crm('4'), assign_groups: ['grp_aaaaaaaaaaaaaaaaaaaaaaaaaa'] },
      'no object',
      crm('5'),
    ] as Row[]
    const expected = ['created', 'failed', 'failed', 'failed', 'failed', 'failed', 'created']
    const tried = await batch(at, rows, 'dry_run=true')
    expect(tried.body.rows.map(({ status }: Row) => status)).toEqual(expected)
    expect(await list(at)).toEqual([])
    const { body } = await batch(at, rows)
    expect(body.rows.map(({ status }: Row) => status)).toEqual(expected)
    expect(body.rows[1]).toMatchObject({ errors: [{ field: 'profile.email_address' }] })
    expect(body.rows[2].errors[0].field).toBe('profile.first_nam')
    expect(body.rows[4].errors[0].field).toBe('assign_groups[0]')
    expect(body).toMatchObject({ created: 2, failed: 5 })
    expect(tried.body.rows.slice(1, 6)).toEqual(body.rows.slice(1, 6))
    expect(await list(at)).toHaveLength(2)
  })

  test('of whom two rows speak are taken from the first row that is good', async () => {
    const at = await freshEvent()
    const rows = [
      crm('1', { email_address: 'bad' }),
      crm('1', { email_address: 'one@example.com' }),
      crm('1', { email_address: 'two@example.com' }),
      crm('2', { email_address: 'ONE@example.com' }),
    ]
    const { body } = await batch(at, rows)
    expect(body.rows.map(({ status }: Row) => status)).toEqual([
      'failed',
      'created',
      'failed',
      'failed',
    ])
    expect(body.rows[2]).toMatchObject({
      code: codeOf('repeated_row'),
      errors: [{ message: 'Row 2 of this batch is about the same object.' }],
    })
    provoked('batchPeople', 'repeated_row')
    const again = await batch(at, rows)
    expect(again.body.rows[1].status).toBe('unchanged')
    expect(again.body.failed).toBe(3)
  })

  test('are looked for by what the request says', async () => {
    const at = await freshEvent()
    const { person_id: id } = await makePerson(at, crm('1', { email_address: 'a@example.com' }))
    const statuses = async (rows: Row[], query: string) =>
      (await batch(at, rows, query)).body.rows.map(({ status }: Row) => status)
    const moved = {
      external_ids: [{ id_system: 'new', id: '9' }],
      profile: { email_address: 'A@example.com' },
    }
    expect(await statuses([moved], 'key=email')).toEqual(['updated'])
    expect(await statuses([{ person_id: id, profile: { title: 'Dr' } }], 'key=id')).toEqual([
      'updated',
    ])
    expect(await statuses([{ profile: { first_name: 'Eve' } }], 'key=external')).toEqual(['failed'])
    expect(await statuses([crm('1')], 'mode=create')).toEqual(['failed'])
    expect(await statuses([crm('2')], 'mode=update')).toEqual(['failed'])
    expect(await statuses([crm('2')], 'mode=create&key=external')).toEqual(['created'])
    const unknown = { person_id: 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa', profile: { first_name: 'Eve' } }
    expect(await statuses([unknown], '')).toEqual(['failed'])
    const listed = await at.ask('GET', `/people/resources/${id}`)
    expect(await statuses([listed.body], '')).toEqual(['unchanged'])
  })

  test('come with groups, sessions and custom fields', async () => {
    const at = await freshEvent()
    const group = await makeGroup(at, 'Press')
    const session = await makeSession(at, { capacity: 1 })
    const field = await at.ask('POST', '/people/custom_fields', { field_name: 'Shirt size' })
    const rows = [...Array(3).keys()].map((n) => ({
      ...crm(`${n}`),
      assign_groups: [group.group_id],
      custom_fields_meta: { [field.body.custom_field_id]: 'M' },
    }))
    expect((await batch(at, rows)).body.created).toBe(3)
    const attend = { assign_agenda: { sessions: [{ session_id: session.session_id }] } }
    const seats = await batch(
      at,
      rows.map((row) => ({ ...row, ...attend })),
    )
    expect(seats.body).toMatchObject({ updated: 1, failed: 2 })
    expect((await batch(at, rows.slice(0, 1), 'dry_run=true')).body.unchanged).toBe(1)
    await expectConsistent(at)
  })

  test('share transactions: each costs little more than their own rows', async () => {
    const at = await freshEvent()
    const rows = [...Array(1000).keys()].map((n) => ({
      profile: { first_name: 'Ada', last_name: `No ${n}`, email_address: `p${n}@example.com` },
    }))
    await batch(at, rows.slice(0, 1))
    const consumed = { calls: 0, units: 0, conflicts: 0 }
    await countConsumed(consumed, () => batch(at, rows.slice(1)))
    expect(consumed.units / 999).toBeLessThan(4.4)
  })

  test('are answered the same by the same key', async () => {
    const at = await freshEvent()
    const ask = () =>
      at.ask('POST', '/people/resources/batch', { rows: [crm('1')] }, { 'idempotency-key': 'k' })
    const [first, second] = [await ask(), await ask()]
    expect(first.body.created).toBe(1)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(second.body).toEqual(first.body)
  })

  test('are there once when two send the same at once', async () => {
    const at = await freshEvent()
    const rows = [...Array(60).keys()].map((n) =>
      crm(`${n}`, { email_address: `p${n}@example.com` }),
    )
    const answers = await Promise.all([batch(at, rows), batch(at, rows.slice(20)), batch(at, rows)])
    for (const { body } of answers) expect(body.failed, JSON.stringify(body.rows)).toBe(0)
    expect(await list(at)).toHaveLength(60)
    await expectConsistent(at)
  })
})

describe('forms of a batch', () => {
  test('NDJSON: a line that is no JSON is a row that failed', async () => {
    const at = await freshEvent()
    const lines = [
      JSON.stringify(crm('1')),
      '{"profile":',
      '',
      JSON.stringify({ person: crm('2') }),
    ]
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
    expect((await list(at))[0].profile.last_name).toBe('Müller')
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
})

test('sessions and tracks come in batches too', async () => {
  const at = await freshEvent()
  const tracks = await at.ask('POST', '/sessions/tracks/batch', {
    rows: [{ external_ids: [{ id_system: 'cfp', id: 't1' }], track_name: 'Research' }],
  })
  expect(tracks.body.created, tracks.text).toBe(1)
  const text = [
    'external_ids.cfp,session_name,session_date,session_start_time,session_end_time,capacity,session_tracks',
    ...[...Array(30).keys()].map(
      (n) => `s${n},Talk ${n},2027-05-04,09:00,09:45,${n + 1},${tracks.body.rows[0].id}`,
    ),
  ].join('\n')
  const sent = () => at.ask('POST', '/sessions/resources/batch', Buffer.from(text), csv)
  expect((await sent()).body).toMatchObject({ created: 30, failed: 0 })
  expect((await sent()).body).toMatchObject({ unchanged: 30 })
  const { body } = await at.ask('GET', '/sessions/resources?limit=100')
  expect(body.session_list).toHaveLength(30)
  expect(body.session_list[0].session_tracks).toEqual([tracks.body.rows[0].id])
  expectError(
    await at.ask('POST', '/sessions/tracks/batch?key=email', { rows: [{}] }),
    'invalid_query',
  )
})

test('people come into groups and sessions in batches, the last seats in the order of the rows', async () => {
  const at = await freshEvent()
  const made = await batch(
    at,
    [...Array(70).keys()].map((n) => crm(`${n}`, { email_address: `p${n}@example.com` })),
  )
  const ids = made.body.rows.map(({ id }: { id: string }) => id)
  const group = await makeGroup(at, 'Press')
  const members = (rows: Row[], query = '') =>
    at.ask('POST', `/people/groups/${group.group_id}/members/batch?${query}`, { rows })
  const rows = ids.map((member_id: string, n: number) =>
    n % 2 ? { member_id } : { member_email: `P${n}@example.com` },
  )
  expect((await members(rows, 'dry_run=true')).body.created).toBe(70)
  expect((await members(rows)).body).toMatchObject({ created: 70, failed: 0 })
  expect((await members(rows)).body).toMatchObject({ unchanged: 70 })
  expect((await members([rows[0]], 'mode=create')).body.rows[0]).toMatchObject({ status: 'failed' })
  const refused = await members([
    { member_id: ids[0], member_email: 'p1@example.com' },
    { member_email: 'nobody@example.com' },
    {},
    { member_id: ids[3] },
    { member_email: 'p3@example.com' },
    { person: ids[4] },
  ])
  const errors = refused.body.rows.map(
    ({ errors: [first] = [] }: { errors: Row[] }) => first?.field,
  )
  expect(errors).toEqual([
    'member_email',
    'member_email',
    undefined,
    undefined,
    'member_id',
    'person',
  ])

  const session = await makeSession(at, { capacity: 50 })
  const attendees = (query: string) =>
    at.ask('POST', `/sessions/resources/${session.session_id}/attendees/batch?${query}`, {
      rows: ids.map((person_id: string) => ({ person_id })),
    })
  expect((await attendees('mode=update')).body.failed).toBe(70)
  const { body } = await attendees('')
  expect(body).toMatchObject({ created: 50, failed: 20 })
  expect(body.rows.slice(0, 50).every(({ status }: Row) => status === 'created')).toBe(true)
  await expectConsistent(at)

  const groups = (await at.ask('GET', '/people/groups')).body
  const everyone = groups.find(({ group_type }: Row) => group_type === 'attendees')
  expectError(
    await at.ask('POST', `/people/groups/${everyone.group_id}/members/batch`, { rows }),
    'builtin_group',
  )
})

const withoutRequestTime = ({ timestamps, ...rest }: { timestamps: Row }) => ({
  ...rest,
  updated: timestamps.update_datetime,
})
