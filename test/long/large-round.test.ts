import { expect, test } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { put, update, type Write } from '#lib/table/writes.ts'
import { call } from '#test/support/call.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { makeSession } from '#test/support/sessions.ts'

const people = limits.roundPeople.value

test('pairs at most as many people as a round may have', async () => {
  const at = await freshEvent()
  const { session_id } = await makeSession(at, { session_format: 'MEET_UP' })
  const { body } = await at.ask('POST', '/ticket_types', { name: 'Day', session_access: 'all' })
  const scope = await scopeOf(at)
  const ids = [...Array(people + 1)].map(() => newId('person'))
  await write(
    scope,
    ids.flatMap((id, n) => readyRows(scope, id, n, session_id, body.ticket_type_id)),
  )
  const rounds = `/networking/sessions/${session_id}/rounds`
  const refused = await at.ask('POST', rounds, {})
  expectError(refused, 'too_many_ready')
  const [one = ''] = ids
  const ready = [['agenda', session_id, 'ready'], undefined] as [string[], unknown]
  await write(scope, [update(keys.person(scope, one), { paths: [ready] })])
  const held = await at.ask('POST', rounds, {})
  expect(held.status, held.text.slice(0, 200)).toBe(200)
  expect(held.body.pairs).toHaveLength(people / 2)
  expect(new Set(held.body.pairs.flat()).size).toBe(people)
})

async function scopeOf(at: EventClient): Promise<EventScope> {
  const { organisation: org } = (await call('GET', '/me', { token: at.token })).body
  return remainsScope({ org, deadline: Date.now() + 120_000 }, at.id)
}

/** People as rows: ten thousand who ask one by one take minutes. */
function readyRows(
  scope: EventScope,
  id: string,
  n: number,
  session: string,
  type: string,
): Write[] {
  const at = new Date().toISOString()
  const topics = [`topic ${n % 97}`, `topic ${n % 89}`]
  return [
    put({
      ...keys.person(scope, id),
      id,
      firstName: `P${n}`,
      lastName: '',
      email: '',
      company: `Company ${n % 500}`,
      title: '',
      about: '',
      social: { twitter: '', facebook: '', linkedin: '', website: '' },
      custom: {},
      externalIds: [],
      agenda: { [session]: { attends: true, roles: [], ready: 0 } },
      docs: [],
      profile: { knows: topics, wantsToLearn: [`topic ${(n + 3) % 97}`] },
      ticket: { type, at },
      createdAt: at,
      updatedAt: at,
      vr: 1,
    }),
    put({ ...keys.attendee(scope, session, id), at }),
  ]
}

async function write(scope: EventScope, steps: Write[]): Promise<void> {
  const batches = chunks(steps, 98)
  for (const some of chunks(batches, 4)) {
    await Promise.all(some.map((batch) => transact(scope, batch)))
  }
}
