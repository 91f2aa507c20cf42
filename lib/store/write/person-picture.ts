import { ApiError } from '#lib/base/errors.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { PictureRef, PictureSource, PictureWish } from '#lib/model/picture.ts'
import { getPicture, namedPicture } from '#lib/store/read/pictures.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { update, type Write } from '#lib/table/writes.ts'
import { finished, orDiscard } from './discard-picture.ts'
import type { NewPicture } from './pictures.ts'

/** The picture that somebody will have, and the writes that lead there beside those of their document. */
export type Chosen = { picture?: PictureRef; writes: Write[] }
/** What becomes of the picture of somebody who has this one now or none. */
export type Choose = (wish: PictureWish, current: PictureRef | undefined) => Promise<Chosen>

/**
 * Runs a write that may upload a picture: once, however often the write is repeated, and taken back when it is
 * refused. An upload takes precedence over a picture that is named; a wish for neither keeps the picture.
 */
export async function withPicture<T>(
  scope: EventScope,
  work: (choose: Choose) => Promise<T>,
): Promise<T> {
  let made: Promise<NewPicture> | undefined
  const choose: Choose = async (wish, current) => {
    if (!wish.source) return choosePicture(scope, wish, current, 'profile.picture_resource_id')
    // No trial goes out to fetch what it would not keep.
    if (scope.trial) return { writes: [] }
    made ??= uploaded(scope, wish.source)
    const { picture, writes } = await made
    return { picture: refTo(picture), writes }
  }
  return orDiscard(
    async () => {
      const one = await made?.catch(() => undefined)
      if (one) await takeBack(scope, one)
    },
    () => work(choose),
  )
}

/** The picture that is named, which must be there, or the one that was there before; `field`: where it is named. */
export async function choosePicture(
  scope: EventScope,
  wish: Pick<PictureWish, 'resource'>,
  current: PictureRef | undefined,
  field: string,
): Promise<Chosen> {
  const detail = unknownReference('picture', wish.resource ?? '', field)
  const missing = { error: 'invalid_reference', detail } as const
  const after = await named(scope, wish, current)
  if (after === 'missing') throw new ApiError(missing.error, missing.detail)
  if (!after) return { writes: [] }
  const picture = refTo(after)
  if (current?.id === after.id) return { picture, writes: [] }
  // Whoever deletes it meanwhile finds that it has one more user.
  const used = update(keys.picture(scope, after.id), { add: { uv: 1 } }, { exists: true }, missing)
  return { picture, writes: [used] }
}

const refTo = ({ id, key }: PictureRef): PictureRef => ({ id, key })

async function named(
  scope: EventScope,
  { resource }: Pick<PictureWish, 'resource'>,
  current: PictureRef | undefined,
): Promise<PictureRef | 'missing' | undefined> {
  const living = current && !scope.deleting.has(current.id) ? current : undefined
  if (resource === undefined || (living && resource === living.id)) return living
  if (resource === null || resource === '') return undefined
  return (await namedPicture(scope, resource)) ?? 'missing'
}

// Loaded at first use: only people who come with a picture need the decoder and the object store.
async function uploaded(scope: EventScope, source: PictureSource): Promise<NewPicture> {
  const [{ limitPictures }, { uploadFrom }, { newPicture }] = await Promise.all([
    import('#lib/base/rate-limit.ts'),
    import('./picture-source.ts'),
    import('./pictures.ts'),
  ])
  limitPictures(scope.org)
  return newPicture(scope, await uploadFrom(source), 1)
}

/** Of a person whose links came in parts, the picture may have its row already. */
async function takeBack(scope: EventScope, { picture, discard }: NewPicture): Promise<void> {
  const { erasePicture } = await import('./remove-picture.ts')
  if (await getPicture(scope, picture.id)) await erasePicture(scope, picture.id)
  else await finished(discard())
}
