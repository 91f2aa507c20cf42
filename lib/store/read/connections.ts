import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { profileView } from '#lib/model/privacy.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findMany } from './references.ts'

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
export async function relationsOf(
  scope: EventScope,
  me: Person,
  status?: Connection['status'],
): Promise<Relation[]> {
  const range = { pk: keys.relations(scope, me.id), from: 'C#', to: 'C#~' }
  const all = await queryRows<Connection>(scope, range)
  const wanted = all.filter((one) => status === undefined || one.status === status)
  const people = await findMany(
    scope,
    'person',
    wanted.map(({ other }) => other),
  )
  const { deleting } = scope
  return wanted.flatMap((connection) => {
    const other = people.get(connection.other)
    return other ? [{ me, other, connection, deleting }] : []
  })
}

/** Connections of a person with those whom they may see, all or of one status. */
export async function listConnections(
  scope: EventScope,
  me: Person,
  status: Connection['status'] | undefined,
  wanted: PageWanted,
): Promise<Page<Relation>> {
  const shown = (await relationsOf(scope, me, status)).filter(isShown)
  return pageOfList(shown, ({ other }) => other.id, wanted)
}

function isShown({ me, other, connection }: Relation): boolean {
  const reader = { person: me.id, organiser: false }
  const owner = { id: other.id, settings: other.profile ?? {} }
  return profileView(reader, owner, connection?.status ?? 'NONE') !== 'hidden'
}
