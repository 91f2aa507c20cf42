import { newUuid } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Picture } from '#lib/model/picture.ts'
import { appearSteps, keptStep, requirePicture } from '#lib/store/read/pictures.ts'
import { listCounted, type Page, type PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { EventScope, Outcome } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { type Step, transact, update } from '#lib/table/transact.ts'
import { finished, orDiscard } from './discard-picture.ts'
import { drop, type Kept, keep, publish } from './picture-objects.ts'
import type { Upload } from './picture-source.ts'

export const listPictures = (scope: EventScope, wanted: PageWanted): Promise<Page<Picture>> =>
  listCounted<Picture & { sk: string }>(scope, sets.pictures(scope), wanted)

/** A picture whose objects are there, the steps that make its row, and what takes it all back. */
export type NewPicture = { picture: Picture; steps: Step[]; discard: () => Promise<void> }

/** Stores the objects of a new picture, used by `users` people from its first moment. */
export async function newPicture(
  scope: EventScope,
  { content, filename, request }: Upload,
  users = 0,
): Promise<NewPicture> {
  const id = newUuid()
  const kept = await keep(scope, id, content)
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
  const steps = appearSteps(scope, picture, kept.plan)
  return { picture, steps, discard: () => drop(scope, [kept.key], kept.plan) }
}

/** Makes a picture: first the objects, then the row. */
export async function createPicture(
  scope: EventScope,
  upload: Upload,
  reply: (made: Picture) => Outcome,
): Promise<Outcome> {
  const { picture, steps, discard } = await newPicture(scope, upload)
  const outcome = reply(picture)
  return orDiscard(discard, async () => {
    await whileFresh(scope, () => transact(scope, steps, outcome))
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
): Promise<Outcome> {
  const kept = await keep(scope, id, content)
  const fields = { uploadFilename: filename, uploadRequest: request }
  const { before, outcome } = await orDiscard(
    () => drop(scope, [kept.key], kept.plan),
    () => turnTo(scope, id, fields, effect, kept),
  )
  // What fails here is decided and written down already: the sweeper finishes it.
  await finished(publish(scope, before))
  if (before.staged && before.plan) await finished(drop(scope, [before.staged], before.plan))
  return outcome
}

/** Writes the picture anew without other bytes. */
export async function touchPicture(
  scope: EventScope,
  id: string,
  effect: Effect<Picture>,
): Promise<Outcome> {
  return (await turnTo(scope, id, {}, effect)).outcome
}

type Turned = { before: Picture; outcome: Outcome }

/** Changes the row in one transaction with the claim on the objects that it now points to. */
function turnTo(
  scope: EventScope,
  id: string,
  fields: Partial<Picture>,
  effect: Effect<Picture>,
  kept?: Kept,
): Promise<Turned> {
  return whileFresh(scope, async () => {
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
    const steps = [update(keys.picture(scope, id), { set }, { vr: before.vr }, 'stale')]
    await transact(scope, kept ? [...steps, keptStep(kept.plan)] : steps, outcome)
    return { before, outcome }
  })
}
