import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { hides } from '#lib/model/privacy.ts'
import { findMany } from '#lib/store/find-many.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Somebody and what is between them and `me`. */
export type Relation = {
  me: Person
  other: Person
  connection: Connection | undefined
  deleting: ReadonlySet<string>
}

export const getConnection = (
  scope: EventScope,
  me: string,
  other: string,
): Promise<Connection | undefined> => getRow(scope, keys.connection(scope, me, other))

/** What a person has with everybody who is there, those who hide included, in the order of the others' ids. */
export const relationsOf = async (scope: EventScope, me: Person): Promise<Relation[]> =>
  withPeople(scope, me, await rowsOf(scope, me))

/**
 * A page of the connections of a person with those whom they may see, all or of one status. Of a long list only the
 * people of the page are read; who hides stands in a list of the event.
 */
export async function listConnections(
  scope: EventScope,
  me: Person,
  status: Connection['status'] | undefined,
  wanted: PageWanted,
): Promise<Page<Relation>> {
  const all = await rowsOf(scope, me, ['other', 'status'])
  const rows = all.filter((one) => status === undefined || one.status === status)
  if (rows.length <= fewRows) {
    const shown = (await withRows(scope, me, rows)).filter(isShown)
    return pageOfList(shown, ({ other }) => other.id, wanted)
  }
  const pk = keys.hiddenPerson(scope, '').pk
  const hidden = new Set((await queryRows<Key>(scope, { pk, only: ['sk'] })).map(({ sk }) => sk))
  const open = rows.filter(({ other }) => !hidden.has(other))
  const found = pageOfList(open, ({ other }) => other, wanted)
  return { ...found, rows: (await withRows(scope, me, found.rows)).filter(isShown) }
}

/** As many people cost less than the list of who hides in a large event. */
const fewRows = 100

async function rowsOf(scope: EventScope, me: Person, only?: string[]): Promise<Connection[]> {
  const range = { pk: keys.relations(scope, me.id), from: 'C#', to: 'C#~' }
  const rows = await queryRows<Connection>(scope, { ...range, ...(only && { only }) })
  return rows.filter(({ other }) => !scope.deleting.has(other))
}

type Listed = Pick<Connection, 'other' | 'status'>

/** Connections of which the order alone was read, whole, and whom they are with. */
async function withRows(scope: EventScope, me: Person, listed: Listed[]): Promise<Relation[]> {
  const all = listed.map(({ other }) => keys.connection(scope, me.id, other))
  const [rows, people] = await Promise.all([
    getRows<Connection>(scope, all),
    peopleOf(scope, listed),
  ])
  // Somebody may have answered in between.
  const statuses = new Map(listed.map(({ other, status }) => [other, status]))
  const same = rows.filter(({ other, status }) => statuses.get(other) === status)
  return related(scope, me, same, people)
}

const withPeople = async (scope: EventScope, me: Person, rows: Connection[]) =>
  related(scope, me, rows, await peopleOf(scope, rows))

const peopleOf = (scope: EventScope, rows: Listed[]) =>
  findMany(
    scope,
    'person',
    rows.map(({ other }) => other),
  )

function related(
  { deleting }: EventScope,
  me: Person,
  rows: Connection[],
  people: Map<string, Person>,
): Relation[] {
  return rows.flatMap((connection) => {
    const other = people.get(connection.other)
    return other ? [{ me, other, connection, deleting }] : []
  })
}

const isShown = ({ other }: Relation): boolean => !hides(other.profile)
