import { chunks } from '#lib/base/chunks.ts'
import { ApiError, statusOf } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { inParallel } from '#lib/base/in-parallel.ts'
import { type ExternalId, firstExternalIds } from '#lib/model/external-id.ts'
import type { Person } from '#lib/model/person.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { born, type Saved, save } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { isLate } from '#lib/store/late.ts'
import { sets } from '#lib/store/sets.ts'
import { bucketOf } from '#lib/table/buckets.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { maxWrites, transact } from '#lib/table/transact.ts'
import { checkSize, type PersonChange } from './people.ts'

export type NewPerson = { change: PersonChange; upsert: ExternalId[] }

/** Who was made; an error where nobody knows whether they were; undefined for who needs a transaction of their own, or time. */
type Made = Person | ApiError | undefined

/**
 * Makes people many to a transaction: those of one transaction lie on one bucket, so that a person costs little more
 * than their own rows. A transaction of their own need people with links or a picture, and those whose transaction was
 * refused for one of them or met somebody else's.
 */
export async function createPeople(scope: EventScope, wanted: NewPerson[]): Promise<Made[]> {
  const made: Made[] = wanted.map(() => undefined)
  const plain = [...wanted.keys()].filter((n) => isPlain(wanted[n] as NewPerson))
  const ids = idsOnFewBuckets(scope, plain.length)
  const drawn = plain.flatMap((n, place) => {
    const person = personOf(wanted[n] as NewPerson, ids[place] ?? newId('person'))
    const saved = save(scope, people, [undefined, person])
    return fits(person) ? [{ n, person, saved }] : []
  })
  await inParallel(packed(scope, drawn), atOnce, async (some) => {
    if (isLate(scope)) return
    const answer = await write(
      scope,
      some.map(({ saved }) => saved),
    )
    if (answer === 'refused') return
    for (const { n, person } of some) made[n] = answer === 'written' ? person : answer
  })
  return made
}

/** Transactions under way at a time. */
const atOnce = 4

const isPlain = ({ change: { relations, picture } }: NewPerson): boolean =>
  !relations.groups?.length &&
  Object.keys(relations.agenda ?? {}).length === 0 &&
  !picture.source &&
  !picture.resource

function personOf({ change, upsert }: NewPerson, id: string): Person {
  const { externalIds, relations: _, picture: __, ...own } = change
  const ids = firstExternalIds(externalIds, upsert)
  return { ...own, ...born(), id, externalIds: ids, agenda: {} }
}

function fits(person: Person): boolean {
  try {
    checkSize(person)
    return true
  } catch {
    return false
  }
}

type Drawn = { n: number; person: Person; saved: Saved }

/** Lists that fit a transaction each, with its count beside them. */
function packed(scope: EventScope, drawn: Drawn[]): Drawn[][] {
  const set = sets.people(scope)
  const buckets = Map.groupBy(drawn, ({ person }) => bucketOf(set, person.id))
  return [...buckets.values()].flatMap((some) => {
    const most = Math.max(...some.map(({ saved }) => saved.writes.length))
    return chunks(some, Math.floor((maxWrites - 1) / most))
  })
}

async function write(scope: EventScope, saved: Saved[]): Promise<'written' | 'refused' | ApiError> {
  const counts = countedWrites(saved.flatMap((one) => one.counts))
  try {
    await transact(scope, [...saved.flatMap(({ writes }) => writes), ...counts])
    return 'written'
  } catch (error) {
    if (error instanceof VersionConflict) return 'refused'
    if (!(error instanceof ApiError)) throw error
    return statusOf(error.reason) < 500 ? 'refused' : error
  }
}

/** New ids in an order in which neighbours lie on one bucket, on as few as their number needs. */
function idsOnFewBuckets(scope: EventScope, count: number): string[] {
  const set = sets.people(scope)
  const drawn = [...Array(Math.max(4 * count, 2048))].map(() => newId('person'))
  const buckets = [...Map.groupBy(drawn, (id) => bucketOf(set, id)).values()]
  return buckets
    .sort((a, b) => b.length - a.length)
    .flat()
    .slice(0, count)
}
