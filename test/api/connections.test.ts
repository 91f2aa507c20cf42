import { expect, test } from 'vitest'
import { makeAttendees, speaking, tokenOf } from '#test/support/attendee.ts'
import type { Reply } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'

async function two() {
  const at = await freshEvent()
  const [ada, eve] = await makeAttendees(at, ['Ada', 'Eve'])
  if (!ada || !eve) throw new Error('two were made')
  return {
    at,
    ada,
    eve,
    toEve: `/people/${eve.id}/connection`,
    toAda: `/people/${ada.id}/connection`,
  }
}

test('connects two by the request of one, accepted by the other', async () => {
  const { ada, eve, toEve, toAda } = await two()
  const asked = await ada.ask('POST', toEve)
  expect(asked.body).toMatchObject({ userId: eve.id, firstName: 'Eve', status: 'PENDING' })
  expect(asked.body.request).toBe(false)
  const seen = await eve.ask('GET', '/people/me/connections?status=PENDING')
  expect(seen.body).toMatchObject([{ userId: ada.id, status: 'PENDING', request: true }])
  expectError(await ada.ask('POST', toEve), 'already_requested')
  expectError(await ada.ask('PUT', toEve, { status: 'ACCEPT' }), 'connection_not_found')
  expectError(await eve.ask('DELETE', toAda), 'connection_not_found')
  const accepted = await eve.ask('PUT', toAda, { connection: { status: 'ACCEPT' } })
  expect(accepted.body).toMatchObject({ userId: ada.id, status: 'ACCEPT', request: false })
  expectError(await eve.ask('PUT', toAda, { status: 'REJECT' }), 'connection_accepted')
  expectError(await ada.ask('POST', toEve), 'already_connected')
  expect((await ada.ask('GET', `/people/${eve.id}/profile`)).body.status).toBe('ACCEPT')
  const ended = await ada.ask('DELETE', toEve)
  expect(ended.body).toMatchObject({ status: 'NONE', createdAt: '' })
  expect((await eve.ask('GET', '/people/me/connections')).body).toEqual([])
  expectError(await eve.ask('DELETE', toAda), 'connection_not_found')
})

test('leaves a rejection in the hands of whoever rejected', async () => {
  const { at, ada, eve, toEve, toAda } = await two()
  expectError(await eve.ask('PUT', toAda, { status: 'REJECT' }), 'connection_not_found')
  await ada.ask('POST', toEve)
  const rejected = await eve.ask('PUT', toAda, { status: 'REJECT' })
  expect(rejected.body).toMatchObject({ status: 'REJECT', rejectedBy: eve.id })
  expectError(await eve.ask('PUT', toAda, { status: 'ACCEPT' }), 'connection_rejected')
  expectError(await ada.ask('POST', toEve), 'connection_rejected')
  expectError(await ada.ask('DELETE', toEve), 'connection_rejected')
  expect((await ada.ask('GET', `/people/${eve.id}/profile`)).body).toMatchObject({
    status: 'REJECT',
    rejectedBy: eve.id,
  })
  expect((await at.ask('GET', `/people/${eve.id}/profile`)).body).toMatchObject({
    status: 'NONE',
    rejectedBy: '',
  })
  expect((await eve.ask('POST', toAda)).body.status).toBe('PENDING')
  expect((await ada.ask('PUT', toEve, { status: 'ACCEPT' })).body.status).toBe('ACCEPT')
})

test('connects two who ask each other at once', async () => {
  const { ada, eve, toEve, toAda } = await two()
  const answers = await Promise.all([ada.ask('POST', toEve), eve.ask('POST', toAda)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  const lists = await Promise.all([ada, eve].map((one) => one.ask('GET', '/people/me/connections')))
  expect(lists.flatMap(({ body }) => body).map(({ status }) => status)).toEqual([
    'ACCEPT',
    'ACCEPT',
  ])
})

test('leaves both sides equal whatever two do at once', async () => {
  const { ada, eve, toEve, toAda } = await two()
  for (let round = 0; round < 6; round += 1) {
    await Promise.all([
      ada.ask('POST', toEve),
      eve.ask('POST', toAda),
      ada.ask('DELETE', toEve),
      eve.ask('PUT', toAda, { status: round % 2 ? 'REJECT' : 'ACCEPT' }),
    ])
    const [mine, theirs] = await Promise.all([
      ada.ask('GET', `/people/${eve.id}/profile`),
      eve.ask('GET', `/people/${ada.id}/profile`),
    ])
    expect(mine.body.status).toBe(theirs.body.status)
    expect(mine.body.rejectedBy).toBe(theirs.body.rejectedBy)
  }
})

test('refuses whom nobody can connect to', async () => {
  const { at, ada, eve, toEve } = await two()
  expectError(await ada.ask('POST', '/people/me/connection'), 'self_connection')
  expectError(await ada.ask('POST', `/people/${ada.id}/connection`), 'self_connection')
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  for (const who of [at, staff]) expectError(await who.ask('POST', toEve), 'admin_without_ticket')
  const nobody = await ada.ask('POST', '/people/per_aaaaaaaaaaaaaaaaaaaaaaaaaa/connection')
  expect([nobody.status, nobody.error]).toEqual([406, 'attendee_not_found'])
  await eve.ask('PATCH', '/people/me/profile', { showProfile: false })
  const hidden = await ada.ask('POST', toEve)
  expect({ ...hidden.body, request_id: '' }).toEqual({ ...nobody.body, request_id: '' })
})

test('forgets connections with people who are deleted, at once', async () => {
  const { at, ada, eve, toEve } = await two()
  await ada.ask('POST', toEve)
  await at.ask('DELETE', `/people/resources/${eve.id}`)
  const list = await ada.ask('GET', '/people/me/connections')
  expect(list.body).toEqual([])
  expect(list.headers['x-total-count']).toBe('0')
})

test('pages connections, each once', async () => {
  const at = await freshEvent()
  const [me] = await makeAttendees(at, ['Me'])
  const people = await Promise.all([...Array(7)].map(() => makePerson(at)))
  for (const { person_id } of people) await me?.ask('POST', `/people/${person_id}/connection`)
  const seen: string[] = []
  let path: string | undefined = '/people/me/connections?limit=3'
  while (path) {
    const page: Reply | undefined = await me?.ask('GET', path)
    expect(page?.headers['x-total-count']).toBe('7')
    seen.push(...(page?.body ?? []).map(({ userId }: { userId: string }) => userId))
    path = /\/events\/[^/]+([^>]+)>/.exec(page?.headers.link ?? '')?.[1]
  }
  expect(seen.sort()).toEqual(people.map(({ person_id }) => person_id).sort())
})
