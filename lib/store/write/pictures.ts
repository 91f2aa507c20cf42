import { newUuid } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Picture } from '#lib/model/picture.ts'
import { appearWrites, keptStep, requirePicture } from '#lib/store/read/pictures.ts'
import { listCounted, type Page, type PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope, RecordedResponse } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { transact, update, type Write } from '#lib/table/transact.ts'
import { finished, orDiscard } from './discard-picture.ts'
import {
  discardObjects,
  promoteObject,
  type StagedObjects,
  stageObjects,
} from './picture-objects.ts'
import type { Upload } from './picture-source.ts'

export const listPictures = (scope: EventScope, wanted: PageWanted): Promise<Page<Picture>> =>
  listCounted<Picture & { sk: string }>(scope, sets.pictures(scope), wanted)

/** A picture whose objects are there, the writes that make its row, and what takes it all back. */
export type NewPicture = { picture: Picture; writes: Write[]; discard: () => Promise<void> }

/** Stores the objects of a new picture, used by `users` people from its first moment. */
export async function newPicture(
  scope: EventScope,
  { content, filename, request }: Upload,
  users = 0,
): Promise<NewPicture> {
  const id = newUuid()
  const kept = await stageObjects(scope, id, content)
  const picture: Picture = {
    id,
    key: kept.key,
    filename: `${id}.${content.extension}`,
    uploadFilename: filename,
    uploadRequest: request,
    uv: users,
    createdAt: now(),
    updatedAt: now(),
    vr: 1,
  }
  const writes = appearWrites(scope, picture, kept.plan)
  return { picture, writes, discard: () => discardObjects(scope, [kept.key], kept.plan) }
}

/** Makes a picture: first the objects, then the row. */
export async function createPicture(
  scope: EventScope,
  upload: Upload,
  reply: (made: Picture) => RecordedResponse,
): Promise<RecordedResponse> {
  const { picture, writes, discard } = await newPicture(scope, upload)
  const outcome = reply(picture)
  return orDiscard(discard, async () => {
    await retryOnConflict(scope, () => transact(scope, writes, outcome))
    return outcome
  })
}

/**
 * Replaces the bytes; name and address stay. They are stored under a key of their own, the row is turned to them,
 * and then they come under the lasting key: by this request or, when it dies, by the sweeper.
 */
export async function replacePicture(
  scope: EventScope,
  id: string,
  { content, filename, request }: Upload,
  effect: Effect<Picture>,
): Promise<RecordedResponse> {
  const kept = await stageObjects(scope, id, content)
  const fields = { uploadFilename: filename, uploadRequest: request }
  const { before, outcome } = await orDiscard(
    () => discardObjects(scope, [kept.key], kept.plan),
    () => turnTo(scope, id, fields, effect, kept),
  )
  // What fails here is decided and written down already: the sweeper finishes it.
  await finished(promoteObject(scope, before))
  if (before.staged && before.plan)
    await finished(discardObjects(scope, [before.staged], before.plan))
  return outcome
}

/** Writes the picture anew without other bytes. */
export async function touchPicture(
  scope: EventScope,
  id: string,
  effect: Effect<Picture>,
): Promise<RecordedResponse> {
  return (await turnTo(scope, id, {}, effect)).outcome
}

type Turned = { before: Picture; outcome: RecordedResponse }

/** Changes the row in one transaction with the claim on the objects that it now points to. */
function turnTo(
  scope: EventScope,
  id: string,
  fields: Partial<Picture>,
  effect: Effect<Picture>,
  kept?: StagedObjects,
): Promise<Turned> {
  return retryOnConflict(scope, async () => {
    const before = await requirePicture(scope, id)
    effect.guard(before)
    const set = {
      ...fields,
      ...(kept && { staged: kept.key, plan: kept.plan }),
      updatedAt: now(),
      vr: before.vr + 1,
    }
    const outcome = effect.reply({ ...before, ...set })
    // Not a put: `uv` grows without the version.
    const writes = [update(keys.picture(scope, id), { set }, { vr: before.vr }, 'conflict')]
    await transact(scope, kept ? [...writes, keptStep(kept.plan)] : writes, outcome)
    return { before, outcome }
  })
}
