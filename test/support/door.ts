import { expect } from 'vitest'
import { call } from './call.ts'
import type { EventClient } from './factories.ts'

export type Scanned = {
  checkin_id: string
  status: 'ok' | 'denied'
  reason: string | null
  inside: boolean
  late: boolean
  forced: boolean
  person: Record<string, string> | null
}

/** Holds somebody's badge in front of a door of the event. */
export async function scan(at: EventClient, checkin: Record<string, unknown>): Promise<Scanned> {
  const answer = await at.ask('POST', '/checkins', { checkin })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

/** What became of a scan, in a word. */
export const outcome = ({ status, reason }: Scanned): string => reason ?? status

export const doorStatus = async (at: EventClient) => (await at.ask('GET', '/checkins/status')).body

export async function badgeOf(at: EventClient, person: string): Promise<string> {
  const made = await at.ask('POST', `/people/resources/${person}/badge`)
  expect(made.status, made.text).toBe(200)
  return made.body.code
}

/** A caller with a scanner's token. */
export async function scanner(at: EventClient, more: Record<string, unknown> = {}) {
  const body = { token: { role: 'scanner', name: 'Door', events: [at.id], ...more } }
  const made = await call('POST', '/tokens', { token: at.token, body })
  expect(made.status, made.text).toBe(200)
  const token: string = made.body.token
  return (method: string, path: string, sent?: unknown) =>
    call(method, `/events/${at.id}${path}`, { token, ...(sent !== undefined && { body: sent }) })
}
