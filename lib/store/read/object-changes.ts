import { isOfTypes } from '#lib/model/change.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import {
  type ChangeRow,
  type Changes,
  isKept,
  latestChange,
  type WantedChanges,
} from './changes.ts'

/** Where a change stands under an object. */
type Place = { sequence: number; ttl: number }

const mostRead = 1_000

/** What happened to one object and what else was about it, as far as it is kept. */
export async function readObjectChanges(
  scope: EventScope,
  object: string,
  { after, limit, types }: WantedChanges,
): Promise<Changes> {
  const latest = await latestChange(scope)
  const { places, isWhole } = await placesOf(scope, object, after)
  const found = await getRows<ChangeRow>(
    scope,
    places.map(({ sequence }) => keys.change(scope, sequence)),
  )
  const all = found.filter((row) => isOfTypes(row, types))
  const rows = all.slice(0, limit)
  const last = places.at(-1)?.sequence ?? after
  if (all.length > rows.length) return { rows, latest, next: rows.at(-1)?.sequence ?? after }
  return { rows, latest, ...(!isWhole && { next: last }) }
}

/** The next places under an object: its own changes are in the order of their ids, those of others in sequence. */
async function placesOf(scope: EventScope, object: string, after: number) {
  const pk = keys.objectChanges(scope, object)
  const only = ['sequence', 'ttl']
  const from = keys.otherChange(scope, object, after + 1).sk
  const [own, others] = await Promise.all([
    queryRows<Place>(scope, { pk, from: 'O#', to: 'O#~', only }),
    queryRows<Place>(scope, { pk, from, to: 'S#~', only, limit: mostRead }),
  ])
  const all = [...own.filter(({ sequence }) => sequence > after), ...others].filter(isKept)
  const places = all.sort((a, b) => a.sequence - b.sequence).slice(0, mostRead)
  return { places, isWhole: all.length <= mostRead && others.length < mostRead }
}
