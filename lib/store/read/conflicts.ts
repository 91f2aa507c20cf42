import type { Clash, ClashKind, Engagement } from '#lib/base/clash.ts'
import type { Page } from '#lib/base/page.ts'
import { clashesAmong, engagement, engagementsOf, orderOf, takesUp } from '#lib/model/clashes.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { sessionInterval } from '#lib/model/spans.ts'
import { type Documents, findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Clashes with what printing their ids for another system needs. */
export type LoadedClashes = { page: Page<Clash>; known: Map<string, Known> }
type Known = Documents[keyof Documents]

type Wanted = { kinds: ClashKind[]; limit: number; offset: number }

/** Everything of these kinds that clashes in an event now, in the order of time. */
export async function listConflicts(
  scope: EventScope,
  { kinds, limit, offset }: Wanted,
): Promise<LoadedClashes> {
  const sessions = await sessionsByIds(scope)
  const people = await peopleOf(scope, sessions, kinds)
  const clashes = [...inRooms(scope, sessions), ...amongPeople(scope, sessions, people)]
  const ordered = clashes
    .filter(({ kind }) => kinds.includes(kind))
    .map((clash) => ({ clash, at: orderOf(clash) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  const rows = ordered.slice(offset, offset + limit).map(({ clash }) => clash)
  return withKnown(scope, { rows, total: ordered.length, next: undefined })
}

/** Reads the external ids of what the clashes are about, where the caller speaks another system's ids. */
export async function withKnown(scope: EventScope, page: Page<Clash>): Promise<LoadedClashes> {
  const some = scope.system ? page.rows : []
  const ids = (kind: 'room' | 'person') =>
    some.filter((clash) => (clash.kind === 'room') === (kind === 'room')).map(({ of }) => of)
  const sessions = some.flatMap(({ both }) =>
    both.filter(({ what }) => what === 'session').map(({ id }) => id),
  )
  const [rooms, people, held] = await Promise.all([
    findMany(scope, 'room', ids('room')),
    findMany(scope, 'person', ids('person')),
    findMany(scope, 'session', sessions),
  ])
  return { page, known: new Map<string, Known>([...rooms, ...people, ...held]) }
}

const shown = 'id name date start end endDate status roomId roles'.split(' ')

async function sessionsByIds(scope: EventScope): Promise<Map<string, Session>> {
  const rows = await queryRows<Session>(scope, { pk: keys.sessions(scope), only: shown })
  const there = rows.filter((one) => takesUp(one) && !scope.deleting.has(one.id))
  return new Map(there.map((one) => [one.id, one]))
}

type Bound = Pick<Person, 'id' | 'agenda' | 'booked'>

/** Everybody where agendas count, else whoever has a role somewhere. */
async function peopleOf(
  scope: EventScope,
  sessions: ReadonlyMap<string, Session>,
  kinds: ClashKind[],
): Promise<Bound[]> {
  if (kinds.includes('attendee')) {
    const only = ['id', 'agenda', 'booked']
    const rows = await queryRows<Bound>(scope, { pk: keys.people(scope), only })
    return rows.filter(({ id }) => !scope.deleting.has(id))
  }
  if (!kinds.includes('speaker')) return []
  const holders = [...sessions.values()].flatMap(({ roles }) => Object.values(roles).flat())
  return [...(await findMany(scope, 'person', holders)).values()]
}

function inRooms(scope: EventScope, sessions: ReadonlyMap<string, Session>): Clash[] {
  const at = (session: Session) => sessionInterval(session, scope.zone)
  const housed = [...sessions.values()].filter(
    ({ roomId }) => roomId !== undefined && !scope.deleting.has(roomId),
  )
  return [...Map.groupBy(housed, ({ roomId = '' }) => roomId)].flatMap(([room, inRoom]) =>
    clashesAmong(
      room,
      inRoom.map((session) => engagement(session, 'room', at)),
    ),
  )
}

function amongPeople(
  scope: EventScope,
  sessions: ReadonlyMap<string, Session>,
  people: Bound[],
): Clash[] {
  const times = new Map<string, Pick<Engagement, 'start' | 'end'>>()
  const at = (session: Session) => {
    const known = times.get(session.id) ?? sessionInterval(session, scope.zone)
    times.set(session.id, known)
    return known
  }
  const known = { sessions, gone: scope.deleting, at }
  return people.flatMap((person) => clashesAmong(person.id, engagementsOf(person, known)))
}
