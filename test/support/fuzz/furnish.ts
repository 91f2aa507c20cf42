import { call } from '#test/support/call.ts'
import type { Known } from './judge.ts'

/** What a world of all routes lacks for the deeper ones: tickets for both, a round in which they met, a user of a group. */
export async function furnish({ own, tokens, pools }: Known): Promise<void> {
  const token = tokens.super_admin
  const at = `/events/${own.event}`
  const ask = async (method: string, path: string, body: object = {}, as = token) => {
    const reply = await call(method, at + path, { token: as, body })
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.text}`)
    return reply.body
  }
  const { ticket_type_id } = own
  await ask('PUT', `/people/resources/${own.otherPerson}/ticket`, { ticket_type_id })
  const other = { role: 'attendee', events: [own.event], person: own.otherPerson }
  const made = await call('POST', '/tokens', { token, body: other })
  const round = `/networking/sessions/${own.networkingSession}`
  for (const as of [tokens.attendee, made.body.token]) {
    await ask('PUT', `${round}/registration`, {}, as)
    await ask('PUT', `${round}/availability`, { ready: true }, as)
  }
  await ask('POST', `${round}/rounds`)
  const email = 'viewer@example.com'
  const { eventGroupUser } = await ask('POST', `/groups/${own.access_key}`, { email })
  pools.own.groupUser = [String(eventGroupUser.id)]
}
