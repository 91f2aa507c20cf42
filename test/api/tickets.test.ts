import { expect, test } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { createTicketType } from '#lib/store/write/ticket-types.ts'
import { scopeOf, speaking, tokenOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'

const makeType = async (at: EventClient, access: unknown = 'all') => {
  const made = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: access })
  expect(made.status, made.text).toBe(200)
  return made.body
}

test('lists ticket types as they were made or last changed', async () => {
  const at = await freshEvent()
  const made = await makeType(at)
  expect(made).toEqual({ ticket_type_id: made.ticket_type_id, name: 'Day', session_access: 'all' })
  const path = `/ticket_types/${made.ticket_type_id}`
  expect((await at.ask('GET', path)).body).toEqual(made)
  expect((await at.ask('PUT', path, made)).body).toEqual(made)
  const renamed = await at.ask('PATCH', path, { ticket_type: { name: 'Both days' } })
  expect(renamed.body).toEqual({ ...made, name: 'Both days' })
  const list = await at.ask('GET', '/ticket_types')
  expect(list.body).toEqual([renamed.body])
  expect(list.headers['x-total-count']).toBe('1')
})

test('refuses ticket types whose ids cannot be meant', async () => {
  const at = await freshEvent()
  const access = ['ses_aaaaaaaaaaaaaaaaaaaaaaaaaa']
  const unknown = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: access })
  expect(unknown.status).toBe(400)
  expect(unknown.body.fields).toBe('session_access[0]')
  const own = await at.ask('POST', '/ticket_types', { name: 'Day', ticket_type_id: 'x' })
  expectError(own, 'reserved_id')
  const missing = await at.ask('GET', '/ticket_types/tkt_aaaaaaaaaaaaaaaaaaaaaaaaaa')
  expectError(missing, 'ticket_type_not_found')
  const other = await makeType(at)
  const path = `/ticket_types/${other.ticket_type_id}`
  const wrong = await at.ask('PUT', path, { ...other, ticket_type_id: 'tkt_b' })
  expectError(wrong, 'id_mismatch')
})

test('shows the ticket that a person was last given', async () => {
  const at = await freshEvent()
  const [day, both] = [await makeType(at), await makeType(at)]
  const { person_id: person } = await makePerson(at)
  const path = `/people/resources/${person}/ticket`
  expectError(await at.ask('GET', path), 'ticket_not_found')
  const put = (type: string) => at.ask('PUT', path, { ticket: { ticket_type_id: type } })
  const given = await put(day.ticket_type_id)
  expect(given.body).toEqual({ person_id: person, ...day })
  expect((await at.ask('GET', path)).body).toEqual(given.body)
  expect((await at.ask('PUT', path, given.body)).body).toEqual(given.body)
  const inUse = await at.ask('DELETE', `/ticket_types/${day.ticket_type_id}`)
  expect(inUse.status).toBe(409)
  expectError(inUse, 'ticket_type_in_use')
  expect((await put(both.ticket_type_id)).body.ticket_type_id).toBe(both.ticket_type_id)
  expect((await at.ask('DELETE', `/ticket_types/${day.ticket_type_id}`)).status).toBe(200)
  expect((await put(day.ticket_type_id)).body.fields).toBe('ticket.ticket_type_id')
  expect((await at.ask('DELETE', path)).body).toEqual({ person_id: person, ...both })
  expectError(await at.ask('DELETE', path), 'ticket_not_found')
  expect((await at.ask('DELETE', `/ticket_types/${both.ticket_type_id}`)).status).toBe(200)
})

test('frees a ticket type when its holder is deleted', async () => {
  const at = await freshEvent()
  const type = await makeType(at)
  const { person_id: person } = await makePerson(at)
  const path = `/people/resources/${person}`
  await at.ask('PUT', `${path}/ticket`, { ticket_type_id: type.ticket_type_id })
  expect((await at.ask('DELETE', path)).status).toBe(200)
  expect((await at.ask('DELETE', `/ticket_types/${type.ticket_type_id}`)).status).toBe(200)
})

test('never deletes a ticket type while it is being handed out', async () => {
  const at = await freshEvent()
  const type = await makeType(at)
  const people = await Promise.all([...Array(12)].map(() => makePerson(at)))
  const body = { ticket_type_id: type.ticket_type_id }
  const [gone, ...given] = await Promise.all([
    at.ask('DELETE', `/ticket_types/${type.ticket_type_id}`),
    ...people.map(({ person_id }) => at.ask('PUT', `/people/resources/${person_id}/ticket`, body)),
  ])
  const holders = given.filter(({ status }) => status === 200).length
  const kept = (await at.ask('GET', '/ticket_types')).body.length
  expect([gone?.status, kept, holders > 0]).toEqual(kept === 1 ? [409, 1, true] : [200, 0, false])
})

test('answers a repeated ticket from the record', async () => {
  const at = await freshEvent()
  const type = await makeType(at)
  const { person_id: person } = await makePerson(at)
  const path = `/people/resources/${person}/ticket`
  const key = { 'idempotency-key': 'ticket' }
  const first = await at.ask('PUT', path, { ticket_type_id: type.ticket_type_id }, key)
  const again = await at.ask('PUT', path, { ticket_type_id: type.ticket_type_id }, key)
  expect(again.text).toBe(first.text)
  expect(again.headers['idempotency-replayed']).toBe('true')
})

test('lets staff read tickets that only administrators hand out', async () => {
  const at = await freshEvent()
  const type = await makeType(at)
  const { person_id: person } = await makePerson(at)
  const staff = speaking(at, await tokenOf(at, 'event_staff'))
  const path = `/people/resources/${person}/ticket`
  const body = { ticket_type_id: type.ticket_type_id }
  expect((await staff.ask('PUT', path, body)).status).toBe(403)
  expect((await staff.ask('POST', '/ticket_types', { name: 'x' })).status).toBe(403)
  expect((await staff.ask('GET', '/ticket_types')).status).toBe(200)
})

test('deletes a ticket type that nobody ever held', async () => {
  const at = await freshEvent()
  const type = await makeType(at)
  expect((await at.ask('DELETE', `/ticket_types/${type.ticket_type_id}`)).status).toBe(200)
  expect((await at.ask('GET', '/ticket_types')).body).toEqual([])
})

test('lets no racing requests pass the limit of ticket types', async () => {
  const at = await freshEvent()
  const scope = await scopeOf(at)
  const most = limits.ticketTypes.value
  const fields = { name: 'Day', access: 'all' } as const
  for (let n = 0; n < most - 5; n += 15) {
    const some = [...Array(Math.min(15, most - 5 - n))]
    await Promise.all(some.map(() => createTicketType(scope, fields)))
  }
  const asked = await Promise.all(
    [...Array(12)].map(() => at.ask('POST', '/ticket_types', { name: 'x' })),
  )
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(5)
  const refused = asked.filter(({ status }) => status !== 200)
  expect(new Set(refused.map(({ body }) => body.fields))).toEqual(new Set(['name']))
  expect((await at.ask('GET', '/ticket_types')).headers['x-total-count']).toBe(String(most))
})
