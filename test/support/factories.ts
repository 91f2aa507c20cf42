import { expect } from 'vitest'
import { chunks } from '#lib/base/chunks.ts'
import { call, organisation, type Reply } from './call.ts'

/** A fresh organisation with one event, and a caller bound to both. */
export async function freshEvent(fields: Record<string, unknown> = {}) {
  const { token } = await organisation()
  const event = {
    name: 'Rhine Conference',
    event_dates: {
      start_date: '2027-05-04',
      end_date: '2027-05-05',
      time_zone_tz: 'Europe/Berlin',
    },
    ...fields,
  }
  const made = await call('POST', '/events', { token, body: { event } })
  expect(made.status).toBe(200)
  const id: string = made.body.id
  const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    call(method, `/events/${id}${path}`, {
      token,
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
    })
  return { token, id, event: made.body, ask }
}

export type EventClient = Awaited<ReturnType<typeof freshEvent>>

/** Makes a person, Ada Byron unless told otherwise, and gives the answer's body. */
export async function makePerson({ ask }: EventClient, fields: Record<string, unknown> = {}) {
  const made = await ask('POST', '/people/resources', {
    person: { profile: { first_name: 'Ada', last_name: 'Byron' }, ...fields },
  })
  expect(made.status, made.text).toBe(200)
  return made.body
}

export async function makeGroup(
  { ask }: EventClient,
  name: string,
  fields: Record<string, unknown> = {},
) {
  const made = await ask('POST', '/people/groups', { group: { group_name: name, ...fields } })
  expect(made.status, made.text).toBe(200)
  return made.body
}

/** Runs all jobs until nothing is left to do, those too that wait for requests to end. */
export async function runAllJobs(): Promise<void> {
  const { sweep } = await import('#functions/sweeper.ts')
  const { ripen } = await import('./jobs.ts')
  for (let round = 0; round < 50; round += 1) {
    if ((await sweep(Date.now() + 20_000)).jobs > 0) continue
    if ((await ripen()) === 0) return
  }
  throw new Error('the jobs do not come to an end')
}

/** Does some of the work at once, for crowds whose making is not what a test is about. */
export async function inTurns<T, R>(all: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (const some of chunks(all, 20)) done.push(...(await Promise.all(some.map(work))))
  return done
}

/** On a machine with other work the store may not answer in 8 s: then the answer says to come again. */
export async function patiently(ask: () => Promise<Reply>): Promise<Reply> {
  for (let again = 0; again < 10; again += 1) {
    const answer = await ask()
    if (answer.status !== 503) return answer
    expect(answer.headers['retry-after']).toBe('1')
  }
  throw new Error('the store stays busy')
}
