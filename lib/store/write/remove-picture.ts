import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Person } from '#lib/model/person.ts'
import { blobPrefix, type Picture } from '#lib/model/picture.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { getPicture, requirePicture } from '#lib/store/read/pictures.ts'
import { deleteBlobs, listBlobs } from '#lib/table/blobs.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, type RecordedResponse, withoutRecording } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { remove, transact, update, type Write } from '#lib/table/transact.ts'
import { finished } from './discard-picture.ts'
import { discardObjects } from './picture-objects.ts'

/** People whose picture one transaction can take away; beyond, they lose it at once, but by a plan. */
const usersAtOnce = 40
const graceMs = 60_000

/**
 * Deletes a picture: the row first, then its objects, which the sweeper removes when this request does not. With
 * people using it, `picture_in_use` unless `force` takes it from them.
 */
export async function deletePicture(
  scope: EventScope,
  id: string,
  force: boolean,
  effect: Effect<Picture>,
): Promise<RecordedResponse> {
  const { outcome, clean } = await retryOnConflict(scope, async () => {
    const picture = await requirePicture(scope, id)
    effect.guard(picture)
    const outcome = effect.reply(picture)
    return { outcome, clean: await removeRow(scope, picture, force, outcome) }
  })
  await finished(clean())
  return outcome
}

/**
 * Removes a picture with everything that shows it: row, uses, every object ever stored for it. True only when
 * nothing is left, so that no erasure is reported before it is one; false when the deadline came first.
 */
export async function erasePicture(scope: EventScope, id: string): Promise<boolean> {
  const clean = await retryOnConflict(scope, async () => {
    const picture = await getPicture(scope, id)
    return picture && removeRow(scope, picture, true)
  })
  await clean?.()
  await wipeBlobs(blobPrefix(scope, id))
  return unlinkUses(scope, id)
}

/** Removes every object whose key begins so. */
export async function wipeBlobs(prefix: string): Promise<void> {
  for await (const page of listBlobs(prefix)) await deleteBlobs(page.map(({ key }) => key))
}

/** Takes a deleted picture from everybody who used it, some at a time; true when nobody is left. */
export async function unlinkUses(scope: EventScope, id: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const users = await usersOf(scope, id, usersAtOnce)
    if (users.length === 0) return true
    await retryOnConflict(scope, async () =>
      transact(withoutRecording(scope), await forgetWrites(scope, id, users)),
    )
  }
  return false
}

/** Removes the row in one transaction with its uses, or with what makes them vanish, and gives the clean-up. */
async function removeRow(
  scope: EventScope,
  picture: Picture,
  force: boolean,
  outcome?: RecordedResponse,
): Promise<() => Promise<void>> {
  const { id, key, staged, plan: unsettled } = picture
  const users = await usersOf(scope, id, usersAtOnce + 1)
  if (users.length > 0 && !force) throw new ApiError('picture_in_use')
  const blobs = staged === undefined ? [key] : [key, staged]
  const plan = newJob(scope, 'settle-picture', { picture: id, keys: blobs }, graceMs)
  const unused = { vr: picture.vr, equals: { uv: picture.uv } }
  await transact(
    outcome ? scope : withoutRecording(scope),
    [
      remove(keys.picture(scope, id), unused, 'conflict'),
      ...countWrites(sets.pictures(scope), [{ id, by: -1 }]),
      ...(await usesWrites(scope, id, users)),
      ...(unsettled ? [remove(keys.plan(unsettled))] : []),
      plan.write,
    ],
    outcome,
  )
  return () => discardObjects(scope, blobs, plan.id)
}

async function usesWrites(scope: EventScope, id: string, users: string[]): Promise<Write[]> {
  if (users.length <= usersAtOnce) return forgetWrites(scope, id, users)
  return [markDeleting(scope, id), newJob(scope, 'forget-picture', { picture: id }).write]
}

async function usersOf(scope: EventScope, id: string, limit: number): Promise<string[]> {
  const pk = keys.pictureUses(scope, id)
  const rows = await queryRows<{ sk: string }>(scope, { pk, limit, only: ['sk'] })
  return rows.map(({ sk }) => sk)
}

/** The writes that end the uses of a picture by these people, also of those who have another one by now. */
async function forgetWrites(scope: EventScope, id: string, users: string[]): Promise<Write[]> {
  const people = await getRows<Person>(
    scope,
    users.map((user) => keys.person(scope, user)),
  )
  const change = { set: { updatedAt: now() }, remove: ['picture'], add: { vr: 1 } }
  return [
    ...users.map((user) => remove(keys.pictureUse(scope, id, user))),
    ...people
      .filter(({ picture }) => picture?.id === id)
      .map((one) => update(keys.person(scope, one.id), change, { vr: one.vr }, 'conflict')),
  ]
}
