import { everyRoute } from '#functions/every-route.ts'
import { turnsEnd } from '#lib/http/delivery/turns.ts'
import { exportsEnd } from '#lib/http/exporting/turns.ts'
import { call, organisation } from '#test/support/call.ts'
import { furnished, type Ids } from '#test/support/security.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely; the contract check of `call` types them
type Body = any
type Ask = (method: string, path: string, body?: object, as?: Caller) => Promise<Body>
export type Caller = 'organiser' | 'attendee' | 'other'
/** An event in which every route has something to write to. */
export type Place = { ids: Ids; tokens: Record<Caller, string>; ask: Ask }

/** What is to be there before a case cannot be brought about. */
export class Refused extends Error {}

/** A person of another world has the same text in the same place, so that two runs can be compared. */
export const place = async (): Promise<Place> => placeOf((await organisation()).token)

/** A place in the organisation of a token that may do everything in it. */
export async function placeOf(organiser: string): Promise<Place> {
  const ids = await furnished(organiser, 'Rhine')
  const at = `/events/${ids.event}`
  const tokens = { organiser, attendee: '', other: '' }
  const ask: Ask = async (method, path, body, as = 'organiser') => {
    const where = path.startsWith('//') ? path.slice(1) : at + path
    const reply = await call(method, where, { token: tokens[as], ...(body && { body }) })
    if (reply.status >= 300) throw new Refused(`${method} ${path}: ${reply.text}`)
    return reply.body
  }
  const attendee = (person: string | undefined) =>
    ask('POST', '//tokens', { role: 'attendee', events: [ids.event], person })
  tokens.attendee = (await attendee(ids.person)).token
  tokens.other = (await attendee(ids.otherPerson)).token
  const here = { ids, tokens, ask }
  await linked(here)
  await together(here)
  await Promise.all([exportsEnd(), turnsEnd()])
  return here
}

const times = { session_date: '2027-05-05', session_start_time: '14-00', session_end_time: '15-00' }

/** Who is in what, and who waits for what. */
async function linked({ ids, ask }: Place): Promise<void> {
  const third = { profile: { first_name: 'Tom', email_address: 'tom@example.com' } }
  ids.third = (await ask('POST', '/people/resources', third)).person_id
  const { person, otherPerson, group, session, track, peopleField } = ids
  await ask('POST', `/people/resources/${person}/groups/${group}`)
  const more = { session_tracks: [track], speakers: [otherPerson], room_id: ids.room }
  await ask('PATCH', `/sessions/resources/${session}`, more)
  await ask('POST', `/sessions/resources/${session}/attendees/${person}`)
  const custom_fields_meta = { [String(peopleField)]: 'L' }
  await ask('PATCH', `/people/resources/${person}`, { custom_fields_meta })
  const late = { ...times, session_name: 'Late' }
  ids.lateSession = (await ask('POST', '/sessions/resources', late)).session_id
  const full = { ...times, session_name: 'Full', capacity: 1, waitlist: true }
  ids.fullSession = (await ask('POST', '/sessions/resources', full)).session_id
  const seats = `/sessions/resources/${ids.fullSession}/attendees`
  await ask('POST', `${seats}/${person}`)
  await ask('POST', `${seats}/${ids.third}?waitlist=true`)
  ids.code = (await ask('POST', `/people/resources/${person}/badge`)).code
}

/** A round in which two have met, and a user of an access group. */
async function together({ ids, ask }: Place): Promise<void> {
  const { ticket_type_id, otherPerson } = ids
  await ask('PUT', `/people/resources/${otherPerson}/ticket`, { ticket_type_id })
  const meetUp = { ...times, session_format: 'MEET_UP', session_name: 'Mixer' }
  ids.freeMeetUp = (await ask('POST', '/sessions/resources', meetUp)).session_id
  const round = `/networking/sessions/${ids.networkingSession}`
  for (const as of ['attendee', 'other'] as const) {
    await ask('PUT', `${round}/registration`, {}, as)
    await ask('PUT', `${round}/availability`, { ready: true }, as)
  }
  await ask('POST', `${round}/rounds`)
  const { eventGroupUser } = await ask('POST', `/groups/${ids.access_key}`, {
    email: 'viewer@example.com',
  })
  ids.groupUser = String(eventGroupUser.id)
}

/** Routes that write, as the route table has them. */
export const writeRoutes = everyRoute.filter(({ method }) => method !== 'get')
