import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { hides } from '#lib/model/privacy.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { findPeople } from './find-people.ts'

/** Somebody who shows their profile, and what is between them and the caller. */
export type Listed = { person: Person; connection: Connection | undefined }
export type Directory = { rows: Listed[]; next: string | undefined }

type Wanted = {
  /** The caller's person, who is not listed. */
  me: string | undefined
  q?: string | undefined
  /** Any of these, whatever the case. */
  interests?: string[] | undefined
  limit: number
  after?: string | undefined
}

/** So many people are looked at for one page: whoever asks for what is rare gets a short page and goes on. */
const mostLookedAt = 2_000
const together = 200

/** People who show their profile, in the order of ids; with `q` the best first. */
export async function listDirectory(scope: EventScope, wanted: Wanted): Promise<Directory> {
  const { me, limit } = wanted
  const sought = wanted.interests?.map((one) => one.toLowerCase())
  const isListed = ({ id, profile, hidden }: Person): boolean =>
    id !== me &&
    hidden === undefined &&
    !scope.deleting.has(id) &&
    !hides(profile) &&
    (sought?.some((one) => profile?.interests?.some((has) => has.toLowerCase() === one)) ?? true)
  if (wanted.q !== undefined) {
    const { rows, next } = await findPeople(
      scope,
      wanted.q,
      { limit, offset: 0, after: wanted.after },
      (people) => people.filter(isListed),
    )
    return { rows: await withConnections(scope, me, rows), next }
  }
  const { people, next } = await pageOfPeople(scope, wanted, isListed)
  return { rows: await withConnections(scope, me, people), next }
}

async function pageOfPeople(
  scope: EventScope,
  { limit, after }: Wanted,
  isListed: (person: Person) => boolean,
) {
  const people: Person[] = []
  let from = after
  for (let looked = 0; looked < mostLookedAt; ) {
    const rows = await queryRows<Person>(scope, {
      pk: keys.people(scope),
      ...(from !== undefined && { after: from }),
      limit: together,
    })
    for (const [n, person] of rows.entries()) {
      from = person.id
      if (!isListed(person)) continue
      people.push(person)
      const isLast = n === rows.length - 1 && rows.length < together
      if (people.length === limit) return { people, next: isLast ? undefined : from }
    }
    looked += rows.length
    if (rows.length < together) return { people, next: undefined }
  }
  return { people, next: from }
}

async function withConnections(
  scope: EventScope,
  me: string | undefined,
  people: Person[],
): Promise<Listed[]> {
  const wanted = me === undefined ? [] : people.map(({ id }) => keys.connection(scope, me, id))
  const rows = await getRows<Connection & Key>(scope, wanted)
  const known = new Map(rows.map((row) => [row.other, row]))
  return people.map((person) => ({ person, connection: known.get(person.id) }))
}
