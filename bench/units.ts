import { makeAttendee } from '#test/support/attendee.ts'
import { type EventClient, freshEvent } from '#test/support/factories.ts'
import { picturesOf, square } from '#test/support/pictures.ts'
import { makeSession } from '#test/support/sessions.ts'
import usage from '../scripts/cost/usage.json' with { type: 'json' }
import type { Measure } from './all.ts'
import { costOf } from './store-calls.ts'

type Work = () => Promise<unknown>

/** What `npm run cost` counts with, measured again: the units of each of its operations, at most as it says. */
export async function unitsBench(): Promise<Measure[]> {
  const works = await operations()
  const measures: Measure[] = []
  for (const { name, units } of usage.operations) {
    const work = works[name]
    if (!work) throw new Error(`bench/units.ts measures no ${name}`)
    await work()
    const measured = await costOf(work)
    measures.push({ name: `units of ${name}`, value: measured.units, limit: units, unit: 'units' })
  }
  return measures
}

/** An event as attendees meet it: 200 people, 40 sessions. */
async function operations(): Promise<Record<string, Work>> {
  const at = await freshEvent()
  const me = await makeAttendee(at, {
    profile: { first_name: 'Ada', email_address: 'a@example.com' },
  })
  let count = 0
  const create = () => {
    count += 1
    const profile = {
      first_name: 'Guest',
      last_name: String(count),
      email_address: `g${count}@example.com`,
    }
    return at.ask('POST', '/people/resources', { person: { profile } })
  }
  const made = await Promise.all([...Array(200).keys()].map(create))
  const others: string[] = made.map(({ body }) => body.person_id)
  const sessions: string[] = []
  for (let n = 0; n < 40; n += 1) sessions.push((await makeSession(at)).session_id)
  const next = <T>(all: T[]) => {
    let taken = 0
    return () => all[taken++ % all.length]
  }
  const [other, session] = [next(others), next(sessions)]
  return {
    'create a person': create,
    'change a person': () =>
      at.ask('PATCH', `/people/resources/${me.id}`, { profile: { company: `No. ${count++}` } }),
    'read a person': () => at.ask('GET', `/people/resources/${me.id}`),
    'list 20 people': () => at.ask('GET', '/people/resources?limit=20&offset=100'),
    'list 20 sessions': () => at.ask('GET', '/sessions/resources?limit=20'),
    'read a session': () => at.ask('GET', `/sessions/resources/${session()}`),
    'join a session': () => at.ask('POST', `/sessions/resources/${session()}/attendees/${other()}`),
    'read a profile': () => me.ask('GET', `/people/${other()}/profile`),
    'ask for a connection': () => me.ask('POST', `/people/${other()}/connection`),
    'upload a picture': upload(at),
  }
}

function upload(at: EventClient): Work {
  const pictures = picturesOf(at)
  return async () => pictures.add(await square())
}
