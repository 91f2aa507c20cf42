import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Person } from '#lib/model/person.ts'
import { deletingOf } from '#lib/store/deleting.ts'
import { findMany } from '#lib/store/find-many.ts'
import { inLine } from '#lib/store/links/line.ts'
import type { SeatsRow } from '#lib/store/links/seat-shares.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type Placed = { person: Person; position: number }

/** Who waits for a seat, the longest first; those being deleted are left out. */
export async function listWaiting(
  scope: EventScope,
  session: string,
  { limit, offset }: PageWanted,
): Promise<Page<Placed>> {
  const { total, line } = await lineUpTo(scope, session, offset + limit)
  const rows = line.slice(offset, offset + limit)
  const people = await findMany(
    scope,
    'person',
    rows.map(({ person }) => person),
  )
  const placed = rows.flatMap(({ person }, n): Placed[] => {
    const found = people.get(person)
    return found ? [{ person: found, position: offset + n + 1 }] : []
  })
  return { total, rows: placed, next: undefined }
}

/** The beginning of the line, and how many are in it: counted with the seats, or where somebody in it vanishes by hand. */
async function lineUpTo(scope: EventScope, session: string, length: number) {
  if (deletingOf(scope, 'person').length === 0) {
    const [seats, line] = await Promise.all([
      getRow<SeatsRow>(scope, keys.seats(scope, session)),
      inLine(scope, session, length),
    ])
    if (seats) return { total: seats.wn ?? 0, line }
  }
  const all = await inLine(scope, session)
  const line = all.filter(({ person }) => !scope.deleting.has(person))
  return { total: line.length, line }
}

/** The position of somebody in the line: 1 is the next. */
export async function positionOf(
  scope: EventScope,
  { id, waits }: Pick<Person, 'id' | 'waits'>,
  session: string,
): Promise<number | undefined> {
  const place = waits?.[session]
  if (place === undefined) return undefined
  const { pk, sk: to } = keys.waiting(scope, session, place)
  const ahead = await queryRows<{ person: string }>(scope, { pk, from: 'W#', to, only: ['person'] })
  return ahead.filter(({ person }) => person === id || !scope.deleting.has(person)).length
}

/** How many wait for a seat in the session. */
export async function waitingFor(scope: EventScope, session: string): Promise<number> {
  return (await getRow<SeatsRow>(scope, keys.seats(scope, session)))?.wn ?? 0
}
