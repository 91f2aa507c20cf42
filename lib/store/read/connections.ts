import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { hides } from '#lib/model/privacy.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keptRelations } from '#lib/store/relations-version.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { gonePeople } from './gone-people.ts'

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
  const rows = (await listedOf(scope, me)).filter(
    (one) => (status === undefined || one.status === status) && !scope.deleting.has(one.other),
  )
  if (rows.length <= fewRows) {
    const shown = (await withRows(scope, me, rows)).filter(isShown)
    return pageOfList(shown, ({ other }) => other.id, wanted)
  }
  const pk = keys.hiddenPerson(scope, '').pk
  const [hidden, gone] = await Promise.all([
    queryRows<Key>(scope, { pk, only: ['sk'] }),
    gonePeople(scope),
  ])
  const unseen = new Set([...hidden.map(({ sk }) => sk), ...gone])
  const open = rows.filter(({ other }) => !unseen.has(other))
  const found = pageOfList(open, ({ other }) => other, wanted)
  return { ...found, rows: (await withRows(scope, me, found.rows)).filter(isShown) }
}

/** As many people cost less than the list of who hides in a large event. */
const fewRows = 100

async function rowsOf(scope: EventScope, me: Person): Promise<Connection[]> {
  const rows = await queryRows<Connection>(scope, rangeOf(scope, me))
  return rows.filter(({ other }) => !scope.deleting.has(other))
}

const rangeOf = (scope: EventScope, me: Person) => {
  const pk = keys.relations(scope, me.id)
  return { pk, from: 'C#', to: 'C#~' }
}

type Listed = Pick<Connection, 'other' | 'status'>

/** What order and filters go by, of all of a person's connections. */
const listedOf = (scope: EventScope, me: Person): Promise<Listed[]> =>
  keptRelations(scope, [me.id, 'C'], async () => {
    const rows = await queryRows<Listed>(scope, {
      ...rangeOf(scope, me),
      only: ['other', 'status'],
    })
    return { rows, of: rows.length }
  })
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
