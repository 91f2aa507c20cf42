import { newUuid } from '#lib/base/ids.ts'
import type { Picture } from '#lib/model/picture.ts'
import { born, nextIfChanged, type Precondition, save, savedWrites } from '#lib/store/document.ts'
import { pictures } from '#lib/store/documents/pictures.ts'
import { requirePicture } from '#lib/store/read/pictures.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit } from '#lib/table/transact.ts'
import { update, type Write } from '#lib/table/writes.ts'
import { finished, orDiscard } from './discard-picture.ts'
import { eventLives } from './event-lives.ts'
import {
  claimWrites,
  discardObjects,
  promoteObject,
  type StagedObjects,
  stageObjects,
  unclaimedCheck,
} from './picture-objects.ts'
import type { Upload } from './picture-source.ts'

/** A picture whose objects are there, the writes that make its row, and what takes it all back. */
export type NewPicture = { picture: Picture; writes: Write[]; discard: () => Promise<void> }

/** Stores the objects of a new picture, used by `users` people from its first moment. */
export async function newPicture(
  scope: EventScope,
  { content, filename, request }: Upload,
  users = 0,
): Promise<NewPicture> {
  const id = newUuid()
  const { key, job } = await stageObjects(scope, id, content)
  const picture: Picture = {
    id,
    key,
    filename: `${id}.${content.extension}`,
    uploadFilename: filename,
    uploadRequest: request,
    uv: users,
    ...born(),
  }
  const saved = savedWrites(save(scope, pictures, [undefined, picture]))
  const writes = [...saved, ...claimWrites(job)]
  return { picture, writes, discard: () => discardObjects(scope, [key], job.id) }
}

/** Makes a picture while the event lives: first the objects, then the row. */
export async function createPicture(scope: EventScope, upload: Upload): Promise<Picture> {
  const { picture, writes, discard } = await newPicture(scope, upload)
  return orDiscard(discard, () =>
    retryOnConflict(scope, () => commit(scope, [eventLives(scope), ...writes], picture)),
  )
}

/**
 * Replaces the bytes; name and address stay. They are stored under a key of their own, the row is turned to them,
 * and then they come under the lasting key: by this request or, when it dies, by the job.
 */
export async function replacePicture(
  scope: EventScope,
  id: string,
  { content, filename, request }: Upload,
  precondition: Precondition<Picture>,
): Promise<Picture> {
  const objects = await stageObjects(scope, id, content)
  const fields = { uploadFilename: filename, uploadRequest: request }
  const { before, after } = await orDiscard(
    () => discardObjects(scope, [objects.key], objects.job.id),
    () => turnTo(scope, id, precondition, { fields, objects }),
  )
  // What fails here is decided and written down already: the job finishes it.
  await finished(promoteObject(scope, before))
  if (before.staged && before.plan) {
    await finished(discardObjects(scope, [before.staged], before.plan))
  }
  return after
}

/** Writes the picture anew without other bytes. */
export async function touchPicture(
  scope: EventScope,
  id: string,
  precondition: Precondition<Picture>,
): Promise<Picture> {
  return (await turnTo(scope, id, precondition)).after
}

type Replacement = { fields: Partial<Picture>; objects: StagedObjects }

/** Changes the row in one transaction with the claim on the objects that it now points to. */
const turnTo = (
  scope: EventScope,
  id: string,
  precondition: Precondition<Picture>,
  to?: Replacement,
): Promise<{ before: Picture; after: Picture }> =>
  retryOnConflict(scope, async () => {
    const before = await requirePicture(scope, id)
    precondition(before)
    const set = to && { ...to.fields, staged: to.objects.key, plan: to.objects.job.id }
    const after = nextIfChanged(before, { ...set })
    if (!to) return { before, after: await commit(scope, [], after) }
    const { updatedAt, vr } = after
    // Not a put: `uv` grows without the version.
    const change = { set: { ...set, updatedAt, vr, kind: 'picture' } }
    const written = update(keys.picture(scope, id), change, { vr: before.vr }, 'conflict')
    await commit(scope, [written, unclaimedCheck(to.objects.job)], after)
    return { before, after }
  })
