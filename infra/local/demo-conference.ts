import { type DemoEvent, pick } from './demo-calls.ts'

export type Conference = {
  groups: string[]
  sessions: string[]
  /** The session of format MEET_UP in which people are paired. */
  meetUp: string
  field: string
}

const tracks = [
  ['Architecture', '#1565C0'],
  ['Data', '#2E7D32'],
  ['Security', '#C62828'],
  ['Design', '#6A1B9A'],
  ['Operations', '#EF6C00'],
  ['People', '#00838F'],
] as const

const groups = ['Press', 'Crew', 'Sponsors', 'Students', 'Local Hosts', 'Workshop A', 'Workshop B']

const subjects = [
  'queues',
  'maps',
  'type systems',
  'badges',
  'consent',
  'time zones',
  'elections',
  'archives',
]
const angles = [
  'What nobody told us about',
  'A short history of',
  'Living with',
  'The quiet failure of',
  'Teaching',
  'Measuring',
]
const rooms = [
  ['Hall 1', 400],
  ['Hall 2', 250],
  ['Studio', 80],
  ['Library', 60],
  ['Terrace', 120],
  ['Loft', 40],
] as const
const slots = ['09-00', '10-00', '11-30', '14-00', '16-00']

/** Six tracks, seven groups, a custom field and a two-day programme of forty sessions. */
export async function seedConference({ ask, path }: DemoEvent): Promise<Conference> {
  const trackIds: string[] = []
  for (const [name, color] of tracks) {
    const track = { track_name: name, track_color: color }
    trackIds.push(String((await ask('POST', `${path}/sessions/tracks`, { track })).track_id))
  }
  const roomIds: string[] = []
  for (const [room_name, room_capacity] of rooms) {
    const made = await ask('POST', `${path}/rooms`, { room: { room_name, room_capacity } })
    roomIds.push(String(made.room_id))
  }
  const groupIds: string[] = []
  for (const name of groups) {
    const made = await ask('POST', `${path}/people/groups`, { group: { group_name: name } })
    groupIds.push(String(made.group_id))
  }
  const field = await ask('POST', `${path}/people/custom_fields`, {
    custom_field: { field_name: 'Diet', view_permission: 'Organizer and Data Owner' },
  })
  const sessions: string[] = []
  for (let n = 0; n < 40; n += 1) {
    const made = await ask('POST', `${path}/sessions/resources`, {
      session: session(n, trackIds, roomIds),
    })
    sessions.push(String(made.session_id))
  }
  return {
    groups: groupIds,
    sessions,
    meetUp: sessions[meetUpAt] ?? '',
    field: String(field.custom_field_id),
  }
}

const meetUpAt = 39
/** One that is not announced yet, and one that does not take place. */
const statuses: Record<number, string> = { 27: 'DRAFT', 34: 'CANCELLED' }

function session(n: number, trackIds: string[], roomIds: string[]) {
  const start = slots[Math.floor(n / 4) % 5] ?? '09-00'
  const isMeetUp = n === meetUpAt
  const title = `${pick(angles, n)} ${pick(subjects, n, 3)}`
  return {
    external_ids: [{ id_system: 'programme', id: `S${n + 1}` }],
    session_name: isMeetUp ? 'Meet somebody new' : title,
    session_description: `<p>${title}: <em>forty minutes and a conversation</em>.</p>`,
    session_date: n < 20 ? '2027-05-04' : '2027-05-05',
    session_start_time: start,
    session_end_time: `${start.slice(0, 2)}-${start.endsWith('30') ? '55' : '45'}`,
    session_format: isMeetUp ? 'MEET_UP' : n % 20 === 0 ? 'MAIN_STAGE' : 'BREAKOUT_SESSION',
    room_id: pick(roomIds, n, 5),
    session_status: statuses[n] ?? 'SCHEDULED',
    ...(n % 20 === 0 && { session_subtitle: 'Everybody is here' }),
    session_tracks: [pick(trackIds, n, 5)],
    external_links: [{ link_name: 'Slides', link_url: `https://congress.example/slides/${n + 1}` }],
    ...(n % 10 === 3 && { capacity: 60 }),
  }
}
