import { expect } from 'vitest'
import { call, organisation } from './call.ts'

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
  const { runJobs } = await import('#lib/store/jobs/runner.ts')
  const { ripen } = await import('./jobs.ts')
  for (let round = 0; round < 50; round += 1) {
    if ((await runJobs(Date.now() + 20_000)).jobs > 0) continue
    if ((await ripen()) === 0) return
  }
  throw new Error('the jobs do not come to an end')
}
