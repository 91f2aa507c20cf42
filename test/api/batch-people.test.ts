import { expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { countConsumed } from '#lib/table/consumed.ts'
import { batch, crm, everybody, type Row } from '#test/support/batches.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { provoked } from '#test/support/error-coverage.ts'
import { freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

test('people are created by the hundred, and sent again are unchanged', async () => {
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
  const before = await everybody(at)
  const again = await batch(at, rows)
  expect(again.body).toMatchObject({ created: 0, updated: 0, unchanged: 200, failed: 0 })
  expect(again.body.rows[7]).toEqual({ row: 8, status: 'unchanged', id: first.body.rows[7].id })
  expect((await everybody(at)).map(withoutRequestTime)).toEqual(before.map(withoutRequestTime))
  await expectConsistent(at)
})

test('people change by what a row says, and keep what it does not', async () => {
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

test('people stand for themselves: a bad row harms no other and says what is wrong', async () => {
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
  expect(await everybody(at)).toEqual([])
  const { body } = await batch(at, rows)
  expect(body.rows.map(({ status }: Row) => status)).toEqual(expected)
  expect(body.rows[1]).toMatchObject({ errors: [{ field: 'profile.email_address' }] })
  expect(body.rows[2].errors[0].field).toBe('profile.first_nam')
  expect(body.rows[4].errors[0].field).toBe('assign_groups[0]')
  expect(body).toMatchObject({ created: 2, failed: 5 })
  expect(tried.body.rows.slice(1, 6)).toEqual(body.rows.slice(1, 6))
  expect(await everybody(at)).toHaveLength(2)
})

test('people of whom two rows speak are taken from the first row that is good', async () => {
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

test('people are looked for by what the request says', async () => {
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

test('people come with groups, sessions and custom fields', async () => {
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

test('people share transactions: each costs little more than their own rows', async () => {
  const at = await freshEvent()
  const rows = [...Array(1000).keys()].map((n) => ({
    profile: { first_name: 'Ada', last_name: `No ${n}`, email_address: `p${n}@example.com` },
  }))
  await batch(at, rows.slice(0, 1))
  const consumed = { calls: 0, units: 0, conflicts: 0 }
  await countConsumed(consumed, () => batch(at, rows.slice(1)))
  // 4.2 for writing, and one for looking whether somebody has the address.
  expect(consumed.units / 999).toBeGreaterThan(5)
  expect(consumed.units / 999).toBeLessThan(5.2)
})

test('people are answered the same by the same key', async () => {
  const at = await freshEvent()
  const ask = () =>
    at.ask('POST', '/people/resources/batch', { rows: [crm('1')] }, { 'idempotency-key': 'k' })
  const [first, second] = [await ask(), await ask()]
  expect(first.body.created).toBe(1)
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.body).toEqual(first.body)
})

test('people are there once when two send the same at once', async () => {
  const at = await freshEvent()
  const rows = [...Array(60).keys()].map((n) => crm(`${n}`, { email_address: `p${n}@example.com` }))
  const answers = await Promise.all([batch(at, rows), batch(at, rows.slice(20)), batch(at, rows)])
  for (const { body } of answers) expect(body.failed, JSON.stringify(body.rows)).toBe(0)
  expect(await everybody(at)).toHaveLength(60)
  await expectConsistent(at)
})

const withoutRequestTime = ({ timestamps, ...rest }: { timestamps: Row }) => ({
  ...rest,
  updated: timestamps.update_datetime,
})
