import { expect, test } from 'vitest'
import type { ErrorName } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

type Case = [fields: object, error: ErrorName, field: string]

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
  [taken, 'duplicate_external_id', 'external_ids'],
  [ours, 'reserved_id', 'external_ids[0].id'],
  [reserved, 'reserved_id_system', 'external_ids[0].id_system'],
]
const sessionCases: Case[] = [
  ...idCases,
  [{ speakers: ['per_aaaaaaaaaaaaaaaaaaaaaaaaaa'] }, 'invalid_reference', 'speakers[0]'],
  [
    { session_date: '2027-03-28', session_start_time: '02-30' },
    'invalid_time',
    'session_start_time',
  ],
  [{ custom_fields_meta: { x: 'y' } }, 'unknown_custom_field', 'custom_fields_meta.x'],
  [{ session_description: '\u{1F3A4}'.repeat(limits.descriptionLength.value) }, 'too_large', ''],
]

/** Sends each faulty body by each method and holds the answer to its error and field. */
async function refuse(at: EventClient, wrapper: string, list: string, id: string, cases: Case[]) {
  const base = (await at.ask('GET', `${list}/${id}`)).body
  const { external_ids: _, [`${wrapper}_id`]: __, ...whole } = base
  for (const [fields, error, field] of cases) {
    const named = field ? `${wrapper}.${field}` : wrapper
    for (const [method, path, body] of [
      ['POST', list, { ...whole, ...fields }],
      ['PUT', `${list}/${id}`, { ...whole, ...fields }],
      ['PATCH', `${list}/${id}`, fields],
    ] as const) {
      const refused = await at.ask(method, path, { [wrapper]: body })
      expect([method, refused.error, refused.body.fields]).toEqual([method, error, named])
    }
  }
  await refuseOthers(at, wrapper, list, id, whole)
  const after = (await at.ask('GET', `${list}/${id}`)).body
  expect({ ...after, timestamps: null }).toEqual({ ...base, timestamps: null })
}

/** The id of another object, an outdated tag, an object that is not there. */
async function refuseOthers(
  at: EventClient,
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
    expectError(mismatch, 'id_mismatch', `${wrapper}.${idField}`)
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

test('refuses faulty sessions by every method without a change', async () => {
  const at = await freshEvent()
  await makeSession(at, taken)
  const { session_id } = await makeSession(at)
  await refuse(at, 'session', '/sessions/resources', session_id, sessionCases)
  expect((await at.ask('GET', '/sessions')).body.session_number).toBe(2)
})

test('refuses faulty tracks by every method without a change', async () => {
  const at = await freshEvent()
  await makeTrack(at, 'Taken', taken)
  const { track_id } = await makeTrack(at, 'Mine')
  // Every body that is refused for its ids has a name of its own.
  const free = idCases.map(
    ([fields, ...rest]): Case => [{ track_name: 'Free', ...fields }, ...rest],
  )
  const names: Case[] = [[{ track_name: 'taken' }, 'duplicate_name', 'track_name']]
  await refuse(at, 'track', '/sessions/tracks', track_id, [...free, ...names])
  expect((await at.ask('GET', '/sessions')).body.track_number).toBe(2)
})

test('refuses faulty custom fields of sessions', async () => {
  const at = await freshEvent()
  const list = '/sessions/custom_fields'
  await at.ask('POST', list, { field_name: 'Taken', ...taken })
  const made = await at.ask('POST', list, { field_name: 'Mine' })
  await refuse(at, 'custom_field', list, made.body.custom_field_id, idCases)
})

test('refuses to let the same person attend twice, or to attend what is not there', async () => {
  const at = await freshEvent()
  const [person, session] = [await makePerson(at), await makeSession(at, { capacity: 1 })]
  const path = `/people/resources/${person.person_id}`
  const attend = (session_id: string, session_roles: string[] = []) =>
    at.ask('POST', `${path}/sessions`, { session: { sessions: [{ session_id, session_roles }] } })
  expect((await attend(session.session_id)).status).toBe(200)
  expectError(await attend(session.session_id), 'already_attending')
  expectError(await attend('ses_aaaaaaaaaaaaaaaaaaaaaaaaaa'), 'invalid_reference')
  expectError(await attend(session.session_id, ['Chair']), 'invalid_reference')
  const other = await makePerson(at)
  const put = await at.ask('PUT', `/people/resources/${other.person_id}`, {
    person: {
      profile: { first_name: 'Grace' },
      assign_agenda: { sessions: [{ session_id: session.session_id }] },
    },
  })
  expectError(put, 'session_full')
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
