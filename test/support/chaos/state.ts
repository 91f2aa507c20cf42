import type { Ask } from './client.ts'

/** A person as their client knows them. Only that client writes about them. */
export type Person = {
  id: string
  company: string
  groups: Set<string>
  attends: Set<string>
  speaks: Set<string>
  /** Sessions of few seats in which they have one, or wait for one: which of both, others decide. */
  lined: Set<string>
  ticket: boolean
  scans: number
  token?: string
}
/** Anything else that one client makes, changes and deletes: what GET shows of it. */
export type Thing = { kind: string; path: string; shows: Record<string, unknown> }

/** What one client has brought about, by what it was answered. */
export type Known = {
  people: Map<string, Person>
  things: Map<string, Thing>
  gone: string[]
  /** Connections: who asked whom, and what became of it. */
  pairs: { from: Person; to: Person; status: string }[]
  logs: number
}
export const nothingKnown = (): Known => ({
  people: new Map(),
  things: new Map(),
  gone: [],
  pairs: [],
  logs: 0,
})

/** What all clients write into, and nobody deletes. */
export type Shared = {
  event: string
  groups: string[]
  sessions: string[]
  /** Of three seats each. */
  few: string[]
  ticketType: string
  schedule: string
  accessKey: string
}
export const seatsOfFew = 3

const slot = (n: number) => ({
  session_date: '2027-05-04',
  session_start_time: `${10 + n}-00`,
  session_end_time: `${10 + n}-45`,
})

export async function shared(ask: Ask): Promise<Shared> {
  const made = async (path: string, body: object) => {
    const { status, body: answer } = await ask('POST', path, { body })
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  const event = (await made('/events', { name: 'Chaos' })).id
  const at = `/events/${event}`
  const three = [0, 1, 2]
  const groups = three.map((n) => made(`${at}/people/groups`, { group_name: `Shared ${n}` }))
  const session = (n: number, more = {}) =>
    made(`${at}/sessions/resources`, { session_name: `Shared ${n}`, ...slot(n), ...more })
  const sessions = three.map((n) => session(n))
  const few = [4, 5].map((n) => session(n, { capacity: seatsOfFew, waitlist: true }))
  const times = { starts_at: '2020-05-04T08:00:00Z', ends_at: '2020-05-04T18:00:00Z' }
  const ids = async (all: Promise<Record<string, string>>[], field: string) =>
    (await Promise.all(all)).map((one) => one[field] ?? '')
  return {
    event,
    groups: await ids(groups, 'group_id'),
    sessions: await ids(sessions, 'session_id'),
    few: await ids(few, 'session_id'),
    ticketType: (await made(`${at}/ticket_types`, { name: 'All', session_access: 'all' }))
      .ticket_type_id,
    schedule: String((await made(`${at}/event_schedules`, times)).id),
    accessKey: (await made(`${at}/groups`, { name: 'Press', is_video: true })).access_key,
  }
}
