import { ApiError } from '#lib/base/errors.ts'
import { now } from '#lib/base/time.ts'
import type { PictureRef } from '#lib/model/picture.ts'
import { getPicture, namedPicture } from '#lib/store/read/pictures.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { put, remove, update, type Write } from '#lib/table/transact.ts'
import type { PersonBody } from '#lib/wire/person.ts'
import type { UploadPicture } from '#lib/wire/picture.ts'
import { finished, orDiscard } from './discard-picture.ts'
import type { NewPicture } from './pictures.ts'

/** The picture that somebody will have, and the writes that lead there. */
export type Chosen = { picture?: PictureRef; writes: Write[] }
/** What a body says of the picture of `person`, who has this one now or none. */
export type Choose = (
  body: PersonBody,
  person: string,
  current: PictureRef | undefined,
) => Promise<Chosen>
type Asked = { scope: EventScope; path?: string }

/**
 * Runs a write that may upload a picture: once, however often the write is repeated, and taken back when it is
 * refused. An upload takes precedence over `picture_resource_id`; a body with neither keeps the picture.
 */
export async function withPicture<T>(
  asked: Asked,
  work: (choose: Choose) => Promise<T>,
): Promise<T> {
  const { scope } = asked
  let made: Promise<NewPicture> | undefined
  const choose: Choose = async (body, person, current) => {
    const sent = body.upload_picture
    if (!sent) return chosen(scope, person, current, await wanted(scope, body, current))
    made ??= uploaded(asked, sent)
    const { picture, writes } = await made
    return {
      picture: refTo(picture),
      writes: [...writes, ...useWrites(scope, person, current, picture)],
    }
  }
  return orDiscard(
    async () => {
      const one = await made?.catch(() => undefined)
      if (one) await takeBack(scope, one)
    },
    () => work(choose),
  )
}

/** The writes that let a person use another picture, which must be there, or none. */
export function pictureWrites(
  scope: EventScope,
  person: string,
  before: PictureRef | undefined,
  after: PictureRef | undefined,
): Write[] {
  if (before?.id === after?.id) return []
  const uses = useWrites(scope, person, before, after)
  if (!after) return uses
  const field = 'profile.picture_resource_id'
  const missing = { error: 'invalid_reference', detail: { field } } as const
  return [
    ...uses,
    update(keys.picture(scope, after.id), { add: { uv: 1 } }, { exists: true }, missing),
  ]
}

const refTo = ({ id, key }: PictureRef): PictureRef => ({ id, key })

function useWrites(
  scope: EventScope,
  person: string,
  before: PictureRef | undefined,
  after: PictureRef | undefined,
): Write[] {
  return [
    ...(before ? [remove(keys.pictureUse(scope, before.id, person))] : []),
    ...(after ? [put({ ...keys.pictureUse(scope, after.id, person), at: now() })] : []),
  ]
}

function chosen(
  scope: EventScope,
  person: string,
  before: PictureRef | undefined,
  after: PictureRef | undefined,
): Chosen {
  return {
    ...(after && { picture: refTo(after) }),
    writes: pictureWrites(scope, person, before, after),
  }
}

async function wanted(
  scope: EventScope,
  { profile }: PersonBody,
  current: PictureRef | undefined,
): Promise<PictureRef | undefined> {
  const name = profile?.picture_resource_id
  const living = current && !scope.deleting.has(current.id) ? current : undefined
  if (name === undefined || (living && name === living.id)) return living
  if (name === null || name === '') return undefined
  const picture = await namedPicture(scope, name)
  if (picture) return picture
  throw new ApiError('invalid_reference', { field: 'profile.picture_resource_id' })
}

// Loaded at first use: only people who come with a picture need the decoder and the object store.
async function uploaded({ scope, path = '' }: Asked, sent: UploadPicture): Promise<NewPicture> {
  const [{ limitPictures: pacePictures }, { uploadFrom }, { newPicture }] = await Promise.all([
    import('#lib/base/rate-limit.ts'),
    import('./picture-source.ts'),
    import('./pictures.ts'),
  ])
  pacePictures(scope.org)
  return newPicture(scope, await uploadFrom(sent, path), 1)
}

/** Of a person who was written in parts, the picture may have its row already. */
async function takeBack(scope: EventScope, { picture, discard }: NewPicture): Promise<void> {
  const { erasePicture } = await import('./remove-picture.ts')
  if (await getPicture(scope, picture.id)) await erasePicture(scope, picture.id)
  else await finished(discard())
}
