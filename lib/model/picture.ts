import { picturesUrl } from '#lib/base/config.ts'
import { newHex } from '#lib/base/ids.ts'
import type { Instant } from '#lib/base/time.ts'
import type { EventScope } from '#lib/table/scope.ts'

export type Picture = {
  id: string
  /** Key of the object behind the address; `thumbOf` is that of the thumbnail. Both outlive replacements. */
  key: string
  /** A replacement that is decided, but whose bytes may not be under `key` yet. */
  staged?: string
  /** The plan that puts them there when the request does not. */
  plan?: string
  /** What profiles may name it by: the type of the first upload stays in it. */
  filename: string
  uploadFilename: string
  uploadRequest: string
  /** Grows with everybody who begins to use it, so that no deletion overlooks one. */
  uv: number
  createdAt: Instant
  updatedAt: Instant
  vr: number
}
/** What somebody who uses a picture keeps of it. */
export type PictureRef = Pick<Picture, 'id' | 'key'>

/** All objects of an event, or of one picture of it, begin so. */
export const blobPrefix = ({ event }: EventScope, picture?: string): string =>
  picture === undefined ? `${event}/` : `${event}/${picture}/`

/** A new key with 128 random bits; nobody can list keys, so nobody finds a picture but by its address. */
export const newBlobKey = (scope: EventScope, picture: string): string =>
  blobPrefix(scope, picture) + newHex(16)

export const thumbOf = (key: string): string => `${key}-thumb`
export const pictureUrl = (key: string): string => `${picturesUrl()}/pictures/${key}`

/** The address of the picture somebody uses, or '' without one or while it is being deleted. */
export const pictureUrlOf = (
  used: PictureRef | undefined,
  { deleting }: { deleting?: ReadonlySet<string> | undefined },
): string => (used && !deleting?.has(used.id) ? pictureUrl(used.key) : '')
