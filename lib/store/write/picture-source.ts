import { decodePicture, type Picture } from '#lib/base/images/decode.ts'
import { type FetchOptions, fetchPicture } from '#lib/base/images/fetch.ts'
import { parseTrim } from '#lib/base/images/trim.ts'
import type { PictureSource } from '#lib/model/picture.ts'

/** A picture ready to be kept, with the name it had and, when a person's body named it, the API path. */
export type Upload = { content: Picture; filename: string; request: string }
type Network = Pick<FetchOptions, 'lookup' | 'connect'>

let network: Network = {}

/** Replaces resolver and connector and returns a function that puts the old ones back; for tests alone. */
export function setPictureSource(next: Network): () => void {
  const before = network
  network = next
  return () => {
    network = before
  }
}

/** Downloads and decodes a picture; refusals name the fields of `upload_picture`. */
export async function uploadFrom({ url, trim: text, request }: PictureSource): Promise<Upload> {
  const [field, trimField] = ['upload_picture.url', 'upload_picture.trim']
  const trim = text === undefined ? undefined : parseTrim(text, trimField)
  const { bytes, filename } = await fetchPicture(url, { ...network, field })
  return { content: await decodePicture(bytes, { trim, field, trimField }), filename, request }
}

/** Decodes a picture that was the body itself: it has no name; refusals of its content name no field. */
export async function uploadOf(bytes: Buffer, trimText: string | undefined): Promise<Upload> {
  const trim = trimText === undefined ? undefined : parseTrim(trimText)
  const content = await decodePicture(bytes, { trim, field: '' })
  return { content, filename: '', request: '' }
}
