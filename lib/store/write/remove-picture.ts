import { ApiError } from '#lib/base/errors.ts'
import { type Kind as IdKind, kindOfId } from '#lib/base/ids.ts'
import { ofPlain, type PlainKind } from '#lib/base/plain-kinds.ts'
import { blobPrefix, type Picture, type PictureRef } from '#lib/model/picture.ts'
import { countedWrites } from '#lib/store/counts.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { deletionWrite } from '#lib/store/deletions.ts'
import {
  type Document,
  type Kind,
  nextOf,
  type Precondition,
  save,
  savedWrites,
} from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { pictures } from '#lib/store/documents/pictures.ts'
import { plain } from '#lib/store/documents/plain.ts'
import { completeWrites, getJob, newJob } from '#lib/store/queue.ts'
import { getPicture, requirePicture } from '#lib/store/read/pictures.ts'
import { wipeBlobs } from '#lib/table/blobs.ts'
import { keys } from '#lib/table/keys.ts'
import { getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { remove, type Write } from '#lib/table/writes.ts'
import { finished } from './discard-picture.ts'
import { discardObjects } from './picture-objects.ts'

/** People whose picture one transaction can take away; beyond, they lose it at once, but by a job. */
const usersAtOnce = 40
const graceMs = 60_000

/**
 * Deletes a picture: the row first, then its objects, which the job removes when this request does not. With
 * people using it, `picture_in_use` unless `force` takes it from them.
 */
export async function deletePicture(
  scope: EventScope,
  id: string,
  force: boolean,
  precondition: Precondition<Picture>,
): Promise<Picture> {
  const { picture, clean } = await retryOnConflict(scope, async () => {
    const picture = await requirePicture(scope, id)
    precondition(picture)
    const { writes, clean } = await removal(scope, picture, force)
    await commit({ ...scope, sweeping: id }, writes, picture)
    return { picture, clean }
  })
  await finished(clean())
  return picture
}

/**
 * Removes a picture with everything that shows it: row, uses, every object ever stored for it. True only when
 * nothing is left, so that no erasure is reported before it is one; false when the deadline came first.
 */
export async function erasePicture(scope: EventScope, id: string): Promise<boolean> {
  const clean = await retryOnConflict(scope, async () => {
    const picture = await getPicture(scope, id)
    if (!picture) return undefined
    const { writes, clean } = await removal(scope, picture, true)
    await transact({ ...scope, sweeping: id }, writes)
    return clean
  })
  await clean?.()
  await wipeBlobs(blobPrefix(scope, id))
  return unlinkUses({ ...scope, sweeping: id }, id)
}

/** Takes a deleted picture from everybody who used it, some at a time; true when nobody is left. */
export async function unlinkUses(scope: EventScope, id: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const users = await usersOf(scope, id, usersAtOnce)
    if (users.length === 0) return true
    await retryOnConflict(scope, async () => transact(scope, await forgetWrites(scope, id, users)))
  }
  return false
}

/** The writes that remove the row with its uses, or with what makes them vanish, and the clean-up after them. */
async function removal(
  scope: EventScope,
  picture: Picture,
  force: boolean,
): Promise<{ writes: Write[]; clean: () => Promise<void> }> {
  const { id, key, staged, plan: unsettled } = picture
  const users = await usersOf(scope, id, usersAtOnce + 1)
  if (users.length > 0 && !force) throw new ApiError('picture_in_use')
  const blobs = staged === undefined ? [key] : [key, staged]
  const job = newJob(scope, 'settle-picture', { picture: id, keys: blobs }, graceMs)
  const replacement = unsettled === undefined ? undefined : await getJob(scope, unsettled)
  const { counts } = save(scope, pictures, [picture, undefined])
  const writes = [
    // Whoever begins to use it counts `uv` up and leaves the version alone.
    remove(keys.picture(scope, id), { vr: picture.vr, equals: { uv: picture.uv } }, 'conflict'),
    deletionWrite(scope, id),
    ...countedWrites(counts),
    ...(await usesWrites(scope, id, users)),
    ...(replacement ? completeWrites(replacement) : []),
    ...job.writes,
  ]
  return { writes, clean: () => discardObjects(scope, blobs, job.id) }
}

async function usesWrites(scope: EventScope, id: string, users: string[]): Promise<Write[]> {
  if (users.length <= usersAtOnce) return forgetWrites(scope, id, users)
  return [...markDeleting(scope, id), ...newJob(scope, 'forget-picture', { picture: id }).writes]
}

async function usersOf(scope: EventScope, id: string, limit: number): Promise<string[]> {
  const pk = keys.pictureUses(scope, id)
  const rows = await queryRows<{ sk: string }>(scope, { pk, limit, only: ['sk'] })
  return rows.map(({ sk }) => sk)
}

type Showing = Document & { picture?: PictureRef }

/** Whose documents show pictures, by the kind of their ids. */
const showing: Partial<Record<IdKind, Kind<Showing>>> = {
  person: people as unknown as Kind<Showing>,
  ...ofPlain<PlainKind, Kind<Showing>>(
    (kind) => kind,
    (kind) => plain(kind) as unknown as Kind<Showing>,
  ),
}

const kindOf = (user: string): Kind<Showing> | undefined => {
  const id = kindOfId(user)
  return id && showing[id]
}

/** The writes that end the uses of a picture by these, also by those who have another one by now. */
async function forgetWrites(scope: EventScope, id: string, users: string[]): Promise<Write[]> {
  const rows = await getRows<Showing>(
    scope,
    users.flatMap((user) => kindOf(user)?.key(scope, user) ?? []),
  )
  const using = new Map(
    rows.filter(({ picture }) => picture?.id === id).map((one) => [one.id, one]),
  )
  return users.flatMap((user) => {
    const [before, kind] = [using.get(user), kindOf(user)]
    if (!before || !kind) return [remove(keys.pictureUse(scope, id, user))]
    const { picture: _, ...rest } = before
    return savedWrites(save(scope, kind, [before, nextOf(rest, {})]))
  })
}
