import { ApiError } from '#lib/base/errors.ts'
import { isUuid } from '#lib/base/ids.ts'
import type { Page, PageWanted } from '#lib/base/page.ts'
import type { Picture } from '#lib/model/picture.ts'
import { find } from '#lib/store/document.ts'
import { pictures } from '#lib/store/documents/pictures.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'

export const listPictures = (scope: EventScope, wanted: PageWanted): Promise<Page<Picture>> =>
  listCounted<Picture & { sk: string }>(scope, sets.pictures(scope), wanted)

/** The row of a picture, without anything that needs the objects: what people's code loads. */
export async function getPicture(scope: EventScope, id: string): Promise<Picture | undefined> {
  return isUuid(id) ? find(scope, pictures, id) : undefined
}

export async function requirePicture(scope: EventScope, id: string): Promise<Picture> {
  const picture = await getPicture(scope, id)
  if (!picture) throw new ApiError(pictures.missing)
  return picture
}

/** The picture that a profile names by id or, as the document says, by filename. */
export async function namedPicture(scope: EventScope, name: string): Promise<Picture | undefined> {
  const picture = await getPicture(scope, name.replace(/\.(jpg|png)$/, ''))
  return picture && [picture.id, picture.filename].includes(name) ? picture : undefined
}
