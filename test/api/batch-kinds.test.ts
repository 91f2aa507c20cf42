import { expect, test } from 'vitest'
import { codeOf } from '#lib/base/errors.ts'
import { batch, crm, csv, type Row } from '#test/support/batches.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

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

test.each(['\ufeff', '\u200d', ' ', 'x'.repeat(400), '会'.repeat(400)])(
  'what names nothing is an unknown reference of its row: %j',
  async (name) => {
    const at = await freshEvent()
    const codes = async (path: string, row: object) => {
      const { body } = await at.ask('POST', path, { rows: [row] })
      return body.rows.map(({ code }: { code: number }) => code)
    }
    const person = { profile: { first_name: 'Ada' } }
    const session = { session_name: 'Opening', ...hour }
    const unknown = [codeOf('invalid_reference')]
    const people = '/people/resources/batch'
    const sessions = '/sessions/resources/batch'
    expect(await codes(people, { ...person, assign_groups: [name] })).toEqual(unknown)
    expect(await codes(sessions, { ...session, session_tracks: [name] })).toEqual(unknown)
    // A blank room is none.
    const room = name.trim() === '' ? [undefined] : unknown
    expect(await codes(sessions, { ...session, room_id: name })).toEqual(room)
    expect(await codes(sessions, { ...session, speakers: [name] })).toEqual(unknown)
  },
)

const hour = {
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}
