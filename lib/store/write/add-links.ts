import { chunks } from '#lib/base/chunks.ts'
import { ApiError, statusOf } from '#lib/base/errors.ts'
import type { Link } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import { isLate } from '#lib/store/late.ts'
import { load, newChangeset } from '#lib/store/links/changeset.ts'
import { judgeClashes } from '#lib/store/links/clashes.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, maxWrites } from '#lib/table/transact.ts'

/** A person in a group, or among the attendees of a session. */
export type Place = Extract<Link, { kind: 'member' | 'attends' }>
export type Added = { person: Person; added: boolean } | ApiError

/** So many links usually fit a transaction: a person, a row and a count each. */
const together = 32

/**
 * Puts many people into groups or sessions, several in one transaction where it can be, one after the other: the last
 * seats go to the first in the list. Tells of each whether they were added or are there already, or why not; nothing of
 * those for whom there was no time.
 */
export async function addLinks(scope: EventScope, links: Place[]): Promise<(Added | undefined)[]> {
  const results: (Added | undefined)[] = []
  for (const some of chunks(links, together)) {
    results.push(...(await add(scope, some)))
  }
  return results
}

/** These links are not for one transaction. */
class Split extends Error {}

/** All together; where one of them stands in the way, in halves. */
async function add(scope: EventScope, links: Place[]): Promise<(Added | undefined)[]> {
  if (isLate(scope)) return links.map(() => undefined)
  try {
    return await whenSettled(scope, () => addTogether(scope, links))
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof Split)) throw error
    const isOne = links.length === 1 || (error instanceof ApiError && statusOf(error.reason) >= 500)
    if (error instanceof ApiError && isOne) return links.map(() => error)
    const half = Math.ceil(links.length / 2)
    return [...(await add(scope, links.slice(0, half))), ...(await add(scope, links.slice(half)))]
  }
}

async function addTogether(scope: EventScope, links: Place[]): Promise<Added[]> {
  const changeset = newChangeset(scope)
  await load(
    changeset,
    links.map((link) => ({ link, added: true })),
  )
  const capped = [...changeset.sessions.values()].some(({ after }) => after.capacity !== undefined)
  if (capped && links.length > 1) throw new Split()
  const results = links.map((link): Added => {
    const person = scope.deleting.has(link.person)
      ? undefined
      : changeset.people.get(link.person)?.after
    if (!person) return new ApiError('person_not_found')
    if (link.kind === 'member' && !changeset.living.has(link.group))
      return new ApiError('group_not_found')
    if (link.kind === 'attends' && !changeset.sessions.has(link.session))
      return new ApiError('session_not_found')
    const added = !isIn(person, link)
    if (added) stage(changeset, { link, added })
    return { person, added }
  })
  const guarding = await judgeClashes(changeset, links.map(({ person }) => person).join())
  const writes = [...(await writesOf(changeset)), ...guarding]
  if (writes.length > maxWrites && links.length > 1) throw new Split()
  return commit(scope, writes, results)
}

const isIn = ({ groupIds, agenda }: Person, link: Place): boolean =>
  link.kind === 'member' ? !!groupIds?.has(link.group) : !!agenda[link.session]?.attends
