import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { limitPictures } from '#lib/base/rate-limit.ts'
import { single } from '#lib/http/answer.ts'
import { prefixFields, readBody } from '#lib/http/body.ts'
import { bytesOf } from '#lib/http/body-bytes.ts'
import type { HttpRequest } from '#lib/http/messages.ts'
import type { Answer, EventCall } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import type { Picture } from '#lib/model/picture.ts'
import { type Upload, uploadFrom, uploadOf } from '#lib/store/write/picture-source.ts'
import { PictureBody, printPicture, printVersion, type UploadPicture } from '#lib/wire/picture.ts'
import { etagOf, etagPresentation } from '#lib/wire/presentation.ts'

type UploadCall = EventCall<{ trim?: string | undefined }, unknown>
/** A body of either form: JSON under the wrapper it came in, or the bytes of the picture itself. */
type Sent = { path: string; fields: PictureBody } | { bytes: Buffer }

/** Reads the body by its content type; 413 and 415 as everywhere. */
export async function sentPicture(request: HttpRequest): Promise<Sent> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'image/jpeg' || type === 'image/png') {
    return { bytes: Buffer.from(await bytesOf(request, limits.pictureUploadBytes.value)) }
  }
  if (type && !type.startsWith('application/')) {
    const message = 'The body must be application/json, image/jpeg or image/png.'
    throw new ApiError('unsupported_media_type', { message })
  }
  const { value, path } = await readBody(request, { wrapper: 'resource', schema: PictureBody })
  return { path, fields: value as PictureBody }
}

/** The picture of a body that makes a new one. */
export async function requireUpload(call: UploadCall, sent: Sent): Promise<Upload> {
  if ('bytes' in sent) return direct(call, sent.bytes)
  return prefixFields(sent.path, async () => {
    const { resource_id: id, upload_picture: wanted } = sent.fields
    if (id) throw new ApiError('reserved_id', { field: 'resource_id' })
    if (wanted) return linked(call, wanted)
    const message = 'This field is required.'
    throw new ApiError('invalid_body', { field: 'upload_picture', message })
  })
}

/** The new picture of a body that replaces one; undefined when it names none, as one that GET gave. */
export async function uploadIn(
  call: UploadCall,
  sent: Sent,
  current: Picture,
): Promise<Upload | undefined> {
  if ('bytes' in sent) return direct(call, sent.bytes)
  return prefixFields(sent.path, async () => {
    const { resource_id: id, upload_picture: wanted } = sent.fields
    checkOwnId(id, [current.id, call.params.resource_id], 'resource_id')
    return wanted ? linked(call, wanted) : undefined
  })
}

/** A picture as every route answers it. The ETag knows the version, since new bytes alone change no field. */
export const answered =
  (call: Pick<EventCall, 'request' | 'view'>) =>
  (picture: Picture): Answer => ({
    ...single(call, printPicture, picture),
    headers: { etag: etagOf(printVersion(etagPresentation(call.view), picture)) },
  })

function direct({ scope, query }: UploadCall, bytes: Buffer): Promise<Upload> {
  limitPictures(scope.org)
  return uploadOf(bytes, query.trim || undefined)
}

function linked({ scope }: UploadCall, wanted: UploadPicture): Promise<Upload> {
  limitPictures(scope.org)
  return uploadFrom({ ...wanted, request: '' })
}
