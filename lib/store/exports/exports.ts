import { ApiError } from '#lib/base/errors.ts'
import { isId, newId } from '#lib/base/ids.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { instantOf, nowMillis } from '#lib/base/time.ts'
import { type Export, filePrefix, isOver, type WantedExport } from '#lib/model/export.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { sets } from '#lib/store/sets.ts'
import { wipeBlobs } from '#lib/table/blobs.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'

/** Notes what is wanted, and puts it where whoever writes exports looks. */
export function createExport(scope: EventScope, wanted: WantedExport): Promise<Export> {
  const at = instantOf(nowMillis())
  const id = newId('export')
  const made: Export = {
    ...wanted,
    id,
    status: 'pending',
    createdAt: at,
    attempts: 0,
    due: at,
    vr: 1,
  }
  return retryOnConflict(scope, () =>
    commit(
      scope,
      [
        put({ ...keys.export(scope, id), ...made }, { exists: false }, 'conflict'),
        put(keys.dueExport(scope, at, id)),
        ...countedWrites([{ set: sets.exports(scope), id, by: 1 }]),
      ],
      made,
    ),
  )
}

/** The exports of the last day, the newest first. */
export async function listExports(scope: EventScope, wanted: PageWanted): Promise<Page<Export>> {
  const { after, limit, offset } = wanted
  const all = await allExports(scope)
  const living = all
    .filter((one) => !isOver(one, nowMillis()))
    .sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
  const left = living.filter((one) => after === undefined || placeOf(one) < after)
  return { ...pageOfList(left, placeOf, { limit, offset }), total: living.length }
}

const placeOf = ({ createdAt, id }: Export): string => `${createdAt}#${id}`

export const allExports = (scope: EventScope): Promise<Export[]> =>
  queryRows<Export>(scope, { pk: keys.exports(scope) })

export const findExport = (scope: EventScope, id: string): Promise<Export | undefined> =>
  getRow<Export>(scope, keys.export(scope, id))

export async function requireExport(scope: EventScope, id: string): Promise<Export> {
  const found = isId('export', id) ? await findExport(scope, id) : undefined
  if (!found || isOver(found, nowMillis())) throw new ApiError('export_not_found')
  return found
}

/** From one state of an export to the next; in conflict when somebody came between. */
export async function note(scope: EventScope, before: Export, after: Export): Promise<Export> {
  await transact(scope, noteWrites(scope, before, after))
  return after
}

function noteWrites(scope: EventScope, before: Export, after: Export): Write[] {
  const { id, due, vr } = before
  return [
    put({ ...keys.export(scope, id), ...after }, { vr }, 'conflict'),
    ...(after.due === due
      ? []
      : [remove(keys.dueExport(scope, due, id)), put(keys.dueExport(scope, after.due, id))]),
  ]
}

/** Removes an export with its file. */
export async function removeExport(scope: EventScope, one: Export): Promise<void> {
  const { id, due, vr } = one
  await wipeBlobs(filePrefix(scope, id))
  await transact(scope, [
    remove(keys.export(scope, id), { vr }, 'conflict'),
    remove(keys.dueExport(scope, due, id)),
    ...countedWrites([{ set: sets.exports(scope), id, by: -1 }]),
  ])
}
