import { expect, it } from 'vitest'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

const long = 390_000
const secret = 'plk_notarealtoken_0123456789abcdef0123456789abcdef'

it.each([
  ['a long name', { ['k'.repeat(long)]: 1 }],
  ['a long name of wide letters', { ['🎪'.repeat(long / 10)]: 1 }],
  ['a long name deep inside', { profile: { ['k'.repeat(long)]: 1 } }],
  [
    'many long names',
    { external_ids: Array.from({ length: 900 }, () => ({ ['k'.repeat(400)]: 1 })) },
  ],
  ['many faults', { assign_groups: Array.from({ length: 9000 }, () => 7) }],
  ['long names in a long path', { custom_fields_meta: { ['k'.repeat(long)]: { x: 1 } } }],
  ['a long reference', { assign_groups: ['g'.repeat(900)] }],
])('answers little, key or no key, whatever was sent: %s', async (_, body) => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const path = `/people/resources/${person_id}`
  for (const headers of [{}, { 'idempotency-key': 'once' }, { 'idempotency-key': 'once' }]) {
    const reply = await at.ask('PATCH', path, body, headers)
    expect(reply.status, reply.text.slice(0, 300)).toBe(400)
    expect(reply.bytes.length).toBeLessThan(4000)
  }
})

it('repeats no credential in an error, wherever it was put', async () => {
  const { ask } = await freshEvent()
  const replies = [
    await ask('POST', '/people/resources', { [secret]: 1 }),
    await ask('POST', '/people/resources', { profile: { first_name: 'A', [secret]: 1 } }),
    await ask('POST', '/people/resources', { assign_groups: [secret] }),
    await ask('GET', `/people/resources/${secret}`),
    await ask('GET', '/people/resources?limit=plk_notarealtoken'),
    await ask('GET', '/people/resources', undefined, { ext_id_system: `${secret}é` }),
  ]
  for (const { text } of replies) expect(text).not.toContain('notarealtoken')
})

it.each([
  `%74oken=${secret}`,
  `to%6ben=${secret}`,
  `TOKEN=${secret}`,
  `Token=${secret}`,
  `feed=${secret.replace('plk_', 'plf_')}`,
  `x=${encodeURIComponent(`a ${secret}`)}`,
  `${secret}`,
])('echoes and links no credential: %s', async (query) => {
  const at = await freshEvent()
  for (let n = 0; n < 2; n += 1) await makePerson(at)
  const reply = await at.ask('GET', `/people/resources?limit=1&${query}`)
  expect(reply.text + (reply.headers.link ?? '')).not.toContain('notarealtoken')
})

it('honours If-Match on what has no tag of its own, by refusing all but *', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const session = await makeSession(at)
  await at.ask('POST', `/sessions/resources/${session.session_id}/attendees/${person_id}`)
  const { body: feed } = await at.ask('POST', '/sessions/feeds', {})
  const body = { role: 'event_staff', events: [at.id], name: 'x' }
  const { body: token } = await call('POST', '/tokens', { token: at.token, body })
  for (const path of [
    `/events/${at.id}/sessions/resources/${session.session_id}/attendees/${person_id}`,
    `/events/${at.id}/sessions/feeds/${feed.feed_id}`,
    `/tokens/${token.token_id}`,
  ]) {
    const ask = (tag: string) =>
      call('DELETE', path, { token: at.token, headers: { 'if-match': tag } })
    expectError(await ask('"not-this-one"'), 'precondition_failed')
    expectError(await ask('not-quoted'), 'invalid_header', 'If-Match')
    expect((await ask('*')).status, path).toBe(200)
  }
})

it('honours If-Match on memberships and agendas by the list that they stand in', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  const { group_id } = await makeGroup(at, 'Crew')
  const { session_id } = await makeSession(at)
  const person = `/people/resources/${person_id}`
  const joined = await at.ask('POST', `${person}/groups/${group_id}`)
  await at.ask('POST', `${person}/sessions`, { sessions: [{ session_id }] })
  const listed = await at.ask('GET', `${person}/sessions`)
  for (const [path, tag] of [
    [`${person}/groups/${group_id}`, joined.headers.etag],
    [`${person}/sessions/${session_id}`, listed.headers.etag],
  ]) {
    const ask = (value = '') => at.ask('DELETE', path ?? '', undefined, { 'if-match': value })
    expectError(await ask('"not-this-one"'), 'precondition_failed')
    expect((await ask(tag)).status).toBe(200)
  }
})

it.each(['abc', '"a', 'W/abc', '"a" "b"', '""a'])('says that %s is no entity tag', async (tag) => {
  const at = await freshEvent()
  const reply = await at.ask('PATCH', '', { name: 'New' }, { 'if-match': tag })
  expectError(reply, 'invalid_header', 'If-Match')
  expect(reply.body.message).toMatch(/quotes/)
})

it('makes one event of several PUT under a new id at once, and all answer 200', async () => {
  const { token } = await freshEvent()
  for (const fields of [{ name: 'Rhine' }, { name: 'Elbe', short_code: 'elbe' }]) {
    const ask = () =>
      call('PUT', `/events/${fields.name}-1`, {
        token,
        body: { event: fields },
        headers: { ext_id_system: 'crm' },
      })
    const replies = await Promise.all(Array.from({ length: 6 }, ask))
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
    expect(new Set(replies.map(({ body }) => body.external_ids[0].id)).size).toBe(1)
  }
})
