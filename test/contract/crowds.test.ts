import { expect, test } from 'vitest'
import { codeOf } from '#lib/errors.ts'
import { limits } from '#lib/limits.ts'
import { keys } from '#lib/table/keys.ts'
import { maxSteps, transact, update } from '#lib/table/transact.ts'
import { call } from '#test/support/call.ts'
import { type Asking, freshEvent } from '#test/support/make.ts'
import { makeSession } from '#test/support/sessions.ts'

const people = limits.roundPeople.value

test('pairs as many as a round may have, and refuses one more', async () => {
  const at = await freshEvent()
  const { session_id } = await makeSession(at, { session_format: 'MEET_UP' })
  const { body } = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: 'all' })
  const ids = await attending(at, session_id, people + 1)
  await madeReady(at, ids, session_id, body.ticket_type_id)
  const rounds = `/networking/sessions/${session_id}/rounds`
  const refused = await at.ask('POST', rounds, {})
  expect(refused.body.code, refused.text).toBe(codeOf('too_many_ready'))
  const [one] = ids
  const left = await at.ask('DELETE', `/sessions/resources/${session_id}/attendees/${one}`)
  expect(left.status).toBe(200)
  const held = await at.ask('POST', rounds, {})
  expect(held.status, held.text).toBe(200)
  expect(held.body.pairs).toHaveLength(people / 2)
})

async function attending(at: Asking, session_id: string, count: number): Promise<string[]> {
  const ids: string[] = []
  const assign_agenda = { sessions: [{ session_id }] }
  while (ids.length < count) {
    const some = Math.min(20, count - ids.length)
    const made = await Promise.all(
      [...Array(some)].map(() =>
        at.ask('POST', '/people/resources', { profile: { first_name: 'Ada' }, assign_agenda }),
      ),
    )
    for (const reply of made) {
      expect(reply.status, reply.text).toBe(200)
      ids.push(reply.body.person_id)
    }
  }
  return ids
}

/** Tickets and readiness as rows, since a thousand people asking one by one take minutes. */
async function madeReady(at: Asking, ids: string[], session: string, type: string): Promise<void> {
  const { organisation: org } = (await call('GET', '/me', { token: at.token })).body
  const scope = { org, deadline: Date.now() + 60_000 }
  const event = {
    ...scope,
    event: at.id,
    e: `${org}#${at.id}`,
    zone: 'UTC',
    gone: new Set<string>(),
  }
  const ticket = { type, at: new Date().toISOString() }
  const steps = ids.map((id) =>
    update(keys.person(event, id), { set: { ticket }, paths: [[['agenda', session, 'ready'], 0]] }),
  )
  for (let n = 0; n < steps.length; n += maxSteps) {
    await transact(event, steps.slice(n, n + maxSteps))
  }
}
