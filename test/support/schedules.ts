import { expect } from 'vitest'
import { defaultPolicy } from '#lib/base/clash.ts'
import { findToken } from '#lib/store/write/tokens.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { call } from './call.ts'
import { freshEvent } from './factories.ts'

/** An event in New York with one schedule, one access group and one user of it. */
export async function liveSchedule(group: Record<string, unknown> = {}) {
  const event_dates = {
    start_date: '2017-07-10',
    end_date: '2017-07-12',
    time_zone_tz: 'America/New_York',
  }
  const fresh = await freshEvent({ name: 'Courtroom', event_dates })
  const { token, ask } = fresh
  const starts_at = '2017-07-10T09:00:00.000-04:00'
  const schedule = await good(ask('POST', '/event_schedules', { starts_at }))
  const access = await good(ask('POST', '/groups', { name: 'Default', is_video: true, ...group }))
  const user = await invite({ ask, key: access.access_key }, 'someone@example.com')
  const at = (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) =>
    call(method, `/event_schedules/${path}`, {
      token,
      headers,
      ...(body !== undefined && { body }),
    })
  return { ...fresh, schedule, group: access, key: access.access_key, user, at }
}
export type OnAir = Awaited<ReturnType<typeof liveSchedule>>

/** Puts an e-mail address into the group with this key; gives the user's integer id. */
export async function invite(
  { ask, key }: Pick<OnAir, 'ask' | 'key'>,
  email: string,
  fields: Record<string, unknown> = {},
): Promise<number> {
  const joined = await good(ask('POST', `/groups/${key}`, { email, ...fields }))
  return joined.eventGroupUser.id
}

/** Posts a log and gives what it answers inside `eventLog`. */
export async function logged(
  { at, schedule, user }: Pick<OnAir, 'at' | 'schedule' | 'user'>,
  time_in: string,
  time_out: string,
  fields: Record<string, unknown> = {},
) {
  const body = { event_group_user_id: user, time_in, time_out, ...fields }
  return (await good(at(`${schedule.guid}/logs`, 'POST', body))).eventLog
}

/** The scope of that event, for looking at rows. */
export async function scopeOf({ token, id }: Pick<OnAir, 'token' | 'id'>): Promise<EventScope> {
  const deadline = Date.now() + 20_000
  const org = (await findToken({ deadline }, token))?.org ?? ''
  return {
    org,
    event: id,
    e: `${org}#${id}`,
    zone: 'UTC',
    policy: defaultPolicy,
    deleting: new Set(),
    deletingIn: new Set(),
    linking: new Set(),
    speakersGroup: '',
    deadline,
  }
}

export async function good(asking: ReturnType<typeof call>) {
  const reply = await asking
  expect(reply.status, reply.text).toBe(200)
  return reply.body
}
