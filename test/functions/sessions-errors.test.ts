import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { type Asking, freshEvent, makePerson } from '#test/support/make.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

type Case = [fields: object, code: number, field: string]

const slot = {
  session_name: 'Keynote',
  session_date: '2027-05-04',
  session_start_time: '09-00',
  session_end_time: '10-00',
}
const taken = { external_ids: [{ id_system: 'crm', id: 'taken' }] }
const ours = { external_ids: [{ id_system: 'crm', id: 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa' }] }
const reserved = { external_ids: [{ id_system: 'plenary', id: 'x' }] }
const idCases: Case[] = [
  [taken, 4090003, 'external_ids'],
  [ours, 4000009, 'external_ids[0].id'],
  [reserved, 4000010, 'external_ids[0].id_system'],
]
const sessionCases: Case[] = [
  ...idCases,
  [{ speakers: ['per_aaaaaaaaaaaaaaaaaaaaaaaaaa'] }, 4000006, 'speakers[0]'],
  [{ session_date: '2027-03-28', session_start_time: '02-30' }, 4000017, 'session_start_time'],
  [{ custom_fields_meta: { x: 'y' } }, 4000013, 'custom_fields_meta.x'],
  [{ session_description: '\u{1F3A4}'.repeat(limits.descriptionLength.value) }, 4000014, ''],
]

/** Sends each faulty body by each method and holds the answer to its code and field. */
async function refuse(at: Asking, wrapper: string, list: string, id: string, cases: Case[]) {
  const base = (await at.ask('GET', `${list}/${id}`)).body
  const { external_ids: _, [`${wrapper}_id`]: __, ...whole } = base
  for (const [fields, code, field] of cases) {
    const named = field ? `${wrapper}.${field}` : wrapper
    for (const [method, path, body] of [
      ['POST', list, { ...whole, ...fields }],
      ['PUT', `${list}/${id}`, { ...whole, ...fields }],
      ['PATCH', `${list}/${id}`, fields],
    ] as const) {
      const refused = await at.ask(method, path, { [wrapper]: body })
      expect([method, refused.body.code, refused.body.fields]).toEqual([method, code, named])
    }
  }
  await refuseOthers(at, wrapper, list, id, whole)
  const after = (await at.ask('GET', `${list}/${id}`)).body
  expect({ ...after, timestamps: null }).toEqual({ ...base, timestamps: null })
}

/** The id of another object, an outdated tag, an object that is not there. */
async function refuseOthers(
  at: Asking,
  wrapper: string,
  list: string,
  id: string,
  whole: Record<string, unknown>,
) {
  const idField = `${wrapper}_id`
  const other = id.replace(/.{26}$/, 'a'.repeat(26))
  for (const method of ['PUT', 'PATCH']) {
    const body = { [wrapper]: { ...whole, [idField]: other } }
    const mismatch = await at.ask(method, `${list}/${id}`, body)
    expect([mismatch.body.code, mismatch.body.fields]).toEqual([4000008, `${wrapper}.${idField}`])
    const missing = await at.ask(method, `${list}/${other}`, { [wrapper]: whole })
    expect(missing.status).toBe(404)
  }
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const body = method === 'DELETE' ? undefined : { [wrapper]: whole }
    const old = await at.ask(method, `${list}/${id}`, body, { 'if-match': '"old"' })
    expect([method, old.status]).toEqual([method, 412])
    const current = await at.ask('GET', `${list}/${id}`)
    expect(old.headers.etag).toBe(current.headers.etag)
  }
  expect((await at.ask('DELETE', `${list}/${other}`)).status).toBe(404)
}

test('refuses faulty sessions by POST, PUT and PATCH alike and leaves everything as it was', async () => {
  const at = await freshEvent()
  await makeSession(at, taken)
  const { session_id } = await makeSession(at)
  await refuse(at, 'session', '/sessions/resources', session_id, sessionCases)
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(2)
})

test('refuses faulty tracks by POST, PUT and PATCH alike and leaves everything as it was', async () => {
  const at = await freshEvent()
  await makeTrack(at, 'Taken', taken)
  const { track_id } = await makeTrack(at, 'Mine')
  // Every body that is refused for its ids has a name of its own.
  const free = idCases.map(
    ([fields, ...rest]): Case => [{ track_name: 'Free', ...fields }, ...rest],
  )
  const names: Case[] = [[{ track_name: 'taken' }, 4090002, 'track_name']]
  await refuse(at, 'track', '/sessions/tracks', track_id, [...free, ...names])
  expect((await at.ask('GET', '/sessions')).body.track_number).toBe(2)
})

test('refuses faulty custom fields of sessions, and the one too many', async () => {
  const at = await freshEvent()
  const list = '/sessions/custom_fields'
  await at.ask('POST', list, { field_name: 'Taken', ...taken })
  const made = await at.ask('POST', list, { field_name: 'Mine' })
  await refuse(at, 'custom_field', list, made.body.custom_field_id, idCases)
  const rest = limits.customFields.value - 2
  await Promise.all([...Array(rest)].map(() => at.ask('POST', list, { field_name: 'More' })))
  const over = await at.ask('POST', list, { field_name: 'One too many' })
  expect(over.body.code).toBe(4090019)
})

test('refuses to let the same person attend twice, or to attend what is not there', async () => {
  const at = await freshEvent()
  const [person, session] = [await makePerson(at), await makeSession(at, { capacity: 1 })]
  const path = `/people/resources/${person.person_id}`
  const attend = (session_id: string, session_roles: string[] = []) =>
    at.ask('POST', `${path}/sessions`, { session: { sessions: [{ session_id, session_roles }] } })
  expect((await attend(session.session_id)).status).toBe(200)
  expect((await attend(session.session_id)).body.code).toBe(4090006)
  expect((await attend('ses_aaaaaaaaaaaaaaaaaaaaaaaaaa')).body.code).toBe(4000006)
  expect((await attend(session.session_id, ['Chair'])).body.code).toBe(4000006)
  const other = await makePerson(at)
  const put = await at.ask('PUT', `/people/resources/${other.person_id}`, {
    person: {
      profile: { first_name: 'Grace' },
      assign_agenda: { sessions: [{ session_id: session.session_id }] },
    },
  })
  expect(put.body.code).toBe(4090008)
})

test('answers the same creation of a session thirty times at once with one session', async () => {
  const at = await freshEvent()
  const key = { 'idempotency-key': 'once' }
  const answers = await Promise.all(
    [...Array(30)].map(() => at.ask('POST', '/sessions/resources', { session: slot }, key)),
  )
  const settled = answers.filter(({ status }) => status !== 409)
  expect(new Set(settled.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(1)
})
