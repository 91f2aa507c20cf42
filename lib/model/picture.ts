import { picturesUrl } from '#lib/base/config.ts'
import { newHex } from '#lib/base/ids.ts'
import type { Instant } from '#lib/base/time.ts'

export type Picture = {
  id: string
  /** Key of the object behind the address; `thumbOf` is that of the thumbnail. Both outlive replacements. */
  key: string
  /** A replacement that is decided, but whose bytes may not be under `key` yet. */
  staged?: string
  /** The job that puts them there when the request does not: stored rows have it under this older word. */
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
/** Where a picture comes from, with the API path when a person's body named it. */
export type PictureSource = { url: string; trim?: string | undefined; request: string }
/** What becomes of somebody's picture: one that is fetched, one that is named (null: none), or no word of it. */
export type PictureWish = { source?: PictureSource; resource?: string | null | undefined }
/** What somebody who uses a picture keeps of it. */
export type PictureRef = Pick<Picture, 'id' | 'key'>

type InEvent = { event: string }

/** All objects of an event, or of one picture of it, begin so. */
export const blobPrefix = ({ event }: InEvent, picture?: string): string =>
  picture === undefined ? `${event}/` : `${event}/${picture}/`

/** A new key with 128 random bits; nobody can list keys, so nobody finds a picture but by its address. */
export const newBlobKey = (scope: InEvent, picture: string): string =>
  blobPrefix(scope, picture) + newHex(16)

export const thumbOf = (key: string): string => `${key}-thumb`
export const pictureUrl = (key: string): string => `${picturesUrl()}/pictures/${key}`

/** The address of the picture somebody uses, or '' without one or while it is being deleted. */
export const pictureUrlOf = (
  used: PictureRef | undefined,
  { deleting }: { deleting?: ReadonlySet<string> | undefined },
): string => (used && !deleting?.has(used.id) ? pictureUrl(used.key) : '')
