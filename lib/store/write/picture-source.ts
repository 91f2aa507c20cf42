import { decodePicture, type Picture } from '#lib/base/images/decode.ts'
import { type FetchOptions, fetchPicture } from '#lib/base/images/fetch.ts'
import { parseTrim } from '#lib/base/images/trim.ts'
import type { UploadPicture } from '#lib/wire/picture.ts'

/** A picture ready to be kept, with the name it had and, when a person's body named it, the API path. */
export type Upload = { content: Picture; filename: string; request: string }
type Source = Pick<FetchOptions, 'lookup' | 'connect'>

let source: Source = {}

/** Replaces resolver and connector and returns a function that puts the old ones back; for tests alone. */
export function setPictureSource(next: Source): () => void {
  const before = source
  source = next
  return () => {
    source = before
  }
}

/** Downloads and decodes what a body's `upload_picture` names; refusals name its fields. */
export async function uploadFrom(sent: UploadPicture, request = ''): Promise<Upload> {
  const [field, trimField] = ['upload_picture.url', 'upload_picture.trim']
  const trim = sent.trim === undefined ? undefined : parseTrim(sent.trim, trimField)
  const { bytes, filename } = await fetchPicture(sent.url, { ...source, field })
  return { content: await decodePicture(bytes, { trim, field, trimField }), filename, request }
}

/** Decodes a picture that was the body itself: it has no name; refusals of its content name no field. */
export async function uploadOf(bytes: Buffer, trimText: string | undefined): Promise<Upload> {
  const trim = trimText === undefined ? undefined : parseTrim(trimText)
  const content = await decodePicture(bytes, { trim, field: '' })
  return { content, filename: '', request: '' }
}
