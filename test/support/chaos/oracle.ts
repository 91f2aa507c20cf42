import type { Ask, Body } from './client.ts'
import { type Known, type Person, type Shared, seatsOfFew } from './state.ts'

type Asking = { ask: Ask; shared: Shared }

/** Where the public API shows something else than what clients were answered. Nothing must be left to do. */
export async function disagreements({ ask, shared }: Asking, lanes: Known[]): Promise<string[]> {
  const at = `/events/${shared.event}`
  const faults: string[] = []
  const read = async (path: string) => {
    const reply = await ask('GET', at + path)
    return reply.status === 200 ? reply.body : { failed: reply.status }
  }
  const same = (what: string, found: unknown, wanted: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      faults.push(difference(what, found, wanted))
  }
  const people = lanes.flatMap((one) => [...one.people.values()])
  for (const person of people)
    comparePerson(person, await read(`/people/resources/${person.id}`), { shared, same })
  for (const { path, shows } of lanes.flatMap((one) => [...one.things.values()])) {
    const found = await read(path)
    for (const [field, value] of Object.entries(shows))
      same(`${path} ${field}`, found[field], value)
  }
  for (const path of lanes.flatMap(({ gone }) => gone)) same(path, (await read(path)).failed, 404)
  await compareLists({ read, same, shared }, people)
  await compareSets({ read, same, shared }, people)
  for (const { from, to, status } of lanes.flatMap(({ pairs }) => pairs)) {
    const { body } = await ask('GET', `${at}/people/${to.id}/profile`, { token: from.token ?? '' })
    same(`connection of ${from.id} with ${to.id}`, body.status, status)
  }
  const logs = await ask('GET', `/event_schedules/${shared.schedule}/logs?limit=1`)
  const logged = lanes.reduce((sum, one) => sum + one.logs, 0)
  same('usage logs', totalOf(logs), logged)
  return faults
}

function difference(what: string, found: unknown, wanted: unknown): string {
  if (!Array.isArray(found) || !Array.isArray(wanted)) {
    return `${what}: ${JSON.stringify(found)} where ${JSON.stringify(wanted)} is due`
  }
  const without = (all: unknown[], others: unknown[]) => all.filter((one) => !others.includes(one))
  return `${what}: without ${without(wanted, found)}, but with ${without(found, wanted)}`
}

const totalOf = ({ body, headers }: { body: Body; headers: Headers }): number =>
  Number(headers.get('x-total-count') ?? body.record_number)

type Same = (what: string, found: unknown, wanted: unknown) => void
type Read = (path: string) => Promise<Body>
type Comparing = { read: Read; same: Same; shared: Shared }
const sorted = (ids: Iterable<string>): string[] => [...ids].toSorted()

function comparePerson(
  person: Person,
  found: Body,
  { shared, same }: Pick<Comparing, 'shared' | 'same'>,
): void {
  const who = `person ${person.id}`
  if (found.failed) return void same(who, found.failed, 200)
  const ids = (rows: Body[], field: string) => rows.map((row) => row[field] as string)
  const groups = (found.groups as Body[]).filter(({ group_name }) => group_name !== 'Speakers')
  const agenda = ids(found.agenda.sessions, 'session_id').filter((id) => !shared.few.includes(id))
  same(`${who} company`, found.profile.company, person.company)
  same(`${who} groups`, sorted(ids(groups, 'group_id')), sorted(person.groups))
  same(`${who} agenda`, sorted(agenda), sorted(person.attends.union(person.speaks)))
}

/** Totals are those of what was made. */
async function compareLists({ read, same }: Comparing, people: Person[]): Promise<void> {
  same('people', (await read('/people')).people_number, people.length)
  const listed = await read('/people/resources?limit=1')
  same('people listed', listed.record_number, people.length)
}

/** The other side of every link. */
async function compareSets({ read, same, shared }: Comparing, people: Person[]): Promise<void> {
  const withOne = (has: (one: Person) => boolean) => sorted(people.filter(has).map(({ id }) => id))
  const idsIn = (rows: Body[]) => sorted(rows.map(({ person_id }) => person_id as string))
  for (const group of shared.groups) {
    const body = await read(`/people/groups/${group}/members?limit=1000`)
    const rows = (Array.isArray(body) ? body : Object.values(body).find(Array.isArray)) as Body[]
    same(
      `members of ${group}`,
      idsIn(rows),
      withOne(({ groups }) => groups.has(group)),
    )
  }
  for (const session of shared.sessions) {
    const { attendee_list } = await read(`/sessions/resources/${session}/attendees?limit=1000`)
    same(
      `attendees of ${session}`,
      idsIn(attendee_list),
      withOne(({ attends }) => attends.has(session)),
    )
  }
  for (const session of shared.few) {
    const { attendee_list } = await read(`/sessions/resources/${session}/attendees?limit=1000`)
    const { waitlist } = await read(`/sessions/resources/${session}/waitlist?limit=1000`)
    const all = idsIn([...attendee_list, ...waitlist])
    same(
      `in or before ${session}`,
      all,
      withOne(({ lined }) => lined.has(session)),
    )
    same(`seats of ${session}`, attendee_list.length, Math.min(seatsOfFew, all.length))
  }
  for (const { id, scans } of people.filter(({ scans }) => scans > 0)) {
    const { record_number } = await read(`/checkins?person=${id}&limit=1`)
    same(`scans of ${id}`, record_number, scans)
  }
}
