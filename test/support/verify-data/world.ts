import { call } from '#test/support/call.ts'
import { runExports } from '#test/support/exports.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { furnish as withRounds } from '#test/support/fuzz/furnish.ts'
import { knownOf } from '#test/support/fuzz/judge.ts'
import { type World, world } from '#test/support/security.ts'
import { spreadLogs, spreadOut } from '#test/support/shards.ts'

/** An event with one of whatever there is, linked with each other, all changes numbered and nothing left to do. */
export async function linkedWorld(): Promise<World> {
  await followChanges()
  const made = await world()
  await withRounds(knownOf(made))
  await link(made)
  await settle()
  return made
}

/** Carries out every job and numbers every change. */
export async function settle(): Promise<void> {
  await runAllJobs()
  await drainFeed()
}

type Body = Record<string, unknown>

async function link({ own, tokens }: World): Promise<void> {
  const token = tokens.super_admin
  const ask = async (method: string, path: string, body: Body = {}, as = token) => {
    const at = /^.(tokens|event_schedules)/.test(path) ? path : `/events/${own.event}${path}`
    const reply = await call(method, at, { token: as, body })
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.text}`)
    return reply.body
  }
  const { person = '', otherPerson = '', session, group, track, room, resource_id } = own
  const make = async (n: number): Promise<string> => {
    const profile = { first_name: `Guest ${n}`, email_address: `guest${n}@example.com` }
    const external_ids = [{ id_system: 'crm', id: String(n) }]
    return (await ask('POST', '/people/resources', { profile, external_ids })).person_id
  }
  const guests = await Promise.all([1, 2, 3, 4].map(make))
  const [speaker = '', first = '', second = '', hidden = ''] = guests
  await ask('PATCH', '', { event: { allowed_origins: ['https://app.example'] } })
  await ask('PATCH', `/sessions/resources/${session}`, {
    session: {
      speakers: [speaker],
      session_roles: [{ session_role_name: 'Moderator', people_list: [person] }],
      session_tracks: [track],
      room_id: room,
    },
  })
  for (const one of guests) {
    await ask('POST', `/people/resources/${one}/groups/${group}`)
    await ask('POST', `/sessions/resources/${session}/attendees/${one}`)
  }
  await ask('PATCH', `/people/resources/${person}`, {
    profile: { picture_resource_id: resource_id },
  })
  const crowded = await ask('POST', '/sessions/resources', { session: opening })
  await spreadOut({ token: token ?? '', id: own.event ?? '' }, crowded.session_id)
  for (const one of guests)
    await ask('POST', `/sessions/resources/${crowded.session_id}/attendees/${one}`)
  const full = await ask('POST', '/sessions/resources', { session: workshop })
  for (const one of [first, second])
    await ask('POST', `/sessions/resources/${full.session_id}/attendees/${one}?waitlist=true`)
  const shared = { ...workshop, session_name: 'Lecture', capacity: 40, waitlist: false }
  const lecture = await ask('POST', '/sessions/resources', { session: shared })
  await ask('POST', `/sessions/resources/${lecture.session_id}/attendees/${first}`)
  const tokenOf = async (one: string): Promise<string> =>
    (await ask('POST', '/tokens', { role: 'attendee', events: [own.event], person: one })).token
  await ask('PATCH', '/people/me/profile', { showProfile: false }, await tokenOf(hidden))
  const [mine, theirs] = await Promise.all([person, otherPerson].map(tokenOf))
  await ask('POST', `/people/${otherPerson}/connection`, {}, mine)
  await ask('PUT', `/people/me/meetings/${own.meeting}`, { status: 'BOOKED' }, theirs)
  await ask('POST', `/people/${person}/meetings`, later, theirs)
  for (const one of guests) {
    const { code } = await ask('POST', `/people/resources/${one}/badge`)
    await ask('POST', '/checkins', { checkin: { code, type: 'entry' } })
    await ask('POST', '/checkins', { checkin: { code, type: 'exit' } })
  }
  const joined = await ask('POST', `/groups/${own.access_key}`, { email: 'watcher@example.com' })
  own.groupUser = String(joined.eventGroupUser.id)
  const log = { event_group_user_id: joined.eventGroupUser.id, ip_address: '192.0.2.7' }
  await ask('POST', `/event_schedules/${own.id}/logs`, { ...log, ...watched })
  await spreadLogs({ token: token ?? '', id: own.event ?? '' }, Number(own.id))
  for (const time_in of ['2026-05-04T09:10:00Z', '2026-05-04T09:20:00Z', '2026-05-04T09:30:00Z'])
    await ask('POST', `/event_schedules/${own.id}/logs`, { ...log, ...watched, time_in })
  await ask('POST', '/sessions/feeds', { person: first })
  await ask('POST', '/exports', { kind: 'people', format: 'csv' })
  await runExports()
}

const opening = {
  session_name: 'Opening',
  session_date: '2027-05-04',
  session_start_time: '17-00',
  session_end_time: '18-00',
}
const workshop = {
  session_name: 'Workshop',
  session_date: '2027-05-05',
  session_start_time: '14-00',
  session_end_time: '15-00',
  capacity: 1,
  waitlist: true,
}
const later = {
  meetingStartTime: '2027-05-05T11:00:00+02:00',
  meetingEndTime: '2027-05-05T11:30:00+02:00',
}
const watched = { time_in: '2026-05-04T09:00:00Z', time_out: '2026-05-04T10:00:00Z' }
