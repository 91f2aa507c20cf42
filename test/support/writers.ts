import { numbers } from './numbers.ts'

type Options = { event: string; token: string; seed: number; until: number }

const lanesAtOnce = 32
const pauseMs = 20

/** Clients that write people, groups and sessions of one event, and who is in which, until a moment. */
export function lanesOf({ event, token, seed, until }: Options) {
  const known: Record<'people' | 'groups' | 'sessions', string[]> = {
    people: [],
    groups: [],
    sessions: [],
  }
  let written = 0
  const lane = async (n: number) => {
    const random = numbers(seed * 1_000 + n)
    const pick = (all: string[]) => all[Math.floor(random() * all.length)]
    const send = async (method: string, path: string, body?: unknown): Promise<Made> => {
      const answered = await fetch(event + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (answered.status === 200) written += 1
      return (await answered.json().catch(() => ({}))) as Made
    }
    for (let count = 0; Date.now() < until; count += 1) {
      const [person, group, session] = [known.people, known.groups, known.sessions].map(pick)
      const doing = Math.floor(random() * 12)
      const name = `${n}-${count}`
      // A server that is killed answers nobody.
      await act({ send, known, doing, name, person, group, session }).catch(() => undefined)
      await new Promise((next) => setTimeout(next, pauseMs))
    }
  }
  const done = Promise.all([...Array(lanesAtOnce).keys()].map(lane))
  return { until, done, written: () => written }
}

type Made = { person_id?: string; group_id?: string; session_id?: string }
type Act = {
  send: (method: string, path: string, body?: unknown) => Promise<Made>
  known: Record<'people' | 'groups' | 'sessions', string[]>
  doing: number
  name: string
  person: string | undefined
  group: string | undefined
  session: string | undefined
}

async function act({ send, known, doing, name, person, group, session }: Act): Promise<void> {
  const p = `/people/resources/${person}`
  const keep = (all: string[], id: string | undefined) => void (id && all.push(id))
  // Nearly nobody else comes to what is gone.
  const end = (all: string[], path: string, id: string) => {
    all.splice(all.indexOf(id), 1)
    return send('DELETE', `${path}/${id}`)
  }
  const profile = { first_name: name, last_name: 'Guest' }
  if (doing <= 2 || !person) {
    const assign_groups = group ? [group] : []
    keep(
      known.people,
      (await send('POST', '/people/resources', { profile, assign_groups })).person_id,
    )
  } else if (doing === 3 || !group) {
    const group_members = known.people.slice(-30).map((member_id) => ({ member_id }))
    const made = await send('POST', '/people/groups', { group_name: name, group_members })
    keep(known.groups, made.group_id)
  } else if (doing === 4 || !session) {
    const times = { session_start_time: '09-00', session_end_time: '10-00' }
    const made = await send('POST', '/sessions/resources', {
      session_name: name,
      session_date: '2027-05-04',
      ...times,
      speakers: [person],
    })
    keep(known.sessions, made.session_id)
  } else if (doing === 5) await send('PATCH', p, { profile })
  else if (doing === 6) await send('POST', `${p}/groups/${group}`)
  else if (doing === 7) await send('DELETE', `${p}/groups/${group}`)
  else if (doing === 8) await send('POST', `/sessions/resources/${session}/attendees/${person}`)
  else if (doing === 9) await send('DELETE', `/sessions/resources/${session}/attendees/${person}`)
  else if (doing === 10) await end(known.people, '/people/resources', person)
  else if (name.endsWith('7')) await end(known.sessions, '/sessions/resources', session)
  else await end(known.groups, '/people/groups', group)
}
