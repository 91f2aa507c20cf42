import { ApiError } from '#lib/base/errors.ts'
import { isUuid } from '#lib/base/ids.ts'
import type { Picture } from '#lib/model/picture.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { check, put, remove, type Write } from '#lib/table/transact.ts'

/** The row of a picture, without anything that needs the objects: what people's code loads. */
export async function getPicture(scope: EventScope, id: string): Promise<Picture | undefined> {
  return isUuid(id) ? getRow<Picture>(scope, keys.picture(scope, id)) : undefined
}

export async function requirePicture(scope: EventScope, id: string): Promise<Picture> {
  const picture = await getPicture(scope, id)
  if (!picture) throw new ApiError('picture_not_found')
  return picture
}

/** The picture that a profile names by id or, as the document says, by filename. */
export async function namedPicture(scope: EventScope, name: string): Promise<Picture | undefined> {
  const picture = await getPicture(scope, name.replace(/\.(jpg|png)$/, ''))
  return picture && [picture.id, picture.filename].includes(name) ? picture : undefined
}

/** The writes that make a picture visible whose objects are kept under `plan`. */
export const appearWrites = (scope: EventScope, picture: Picture, plan: string): Write[] => [
  put({ ...keys.picture(scope, picture.id), ...picture }, { exists: false }, 'conflict'),
  ...countWrites(sets.pictures(scope), [{ id: picture.id, by: 1 }]),
  remove(keys.plan(plan), untaken, busy),
]

/** Holds while the sweeper has not taken the plan, and with it the objects, as left behind. */
export const keptStep = (plan: string): Write => check(keys.plan(plan), untaken, busy)

const untaken = { exists: true, equals: { taken: undefined } }
const busy = { error: 'store_busy', detail: { headers: { 'retry-after': '1' } } } as const
