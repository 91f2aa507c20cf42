import * as v from 'valibot'
import { limits } from '#lib/base/limits.ts'
import { blankAsAbsent } from '#lib/base/text.ts'
import { type Picture, pictureUrl, thumbOf } from '#lib/model/picture.ts'
import { ignored, stampsSchema } from './fields.ts'
import { type Presentation, printStamps } from './presentation.ts'

/** Where a picture comes from, in bodies of pictures and of people. */
export const uploadPicture = v.strictObject({
  url: v.pipe(v.string(), v.maxLength(limits.urlLength.value, 'Too long.')),
  trim: blankAsAbsent(v.pipe(v.string(), v.maxLength(limits.trimLength.value, 'Too long.'))),
})
export type UploadPicture = v.InferOutput<typeof uploadPicture>

/** Without `upload_picture` a PUT keeps the picture: what GET gave may be sent back. */
export const PictureBody = v.strictObject({
  resource_id: v.nullish(v.string()),
  resource_type: v.nullish(v.literal('picture')),
  upload_picture: v.nullish(uploadPicture),
  filename: ignored,
  url: ignored,
  thumb_url: ignored,
  upload_filename: ignored,
  upload_request: ignored,
  timestamps: ignored,
})
export type PictureBody = v.InferOutput<typeof PictureBody>

const text = v.string()
export const PictureAnswer = v.object({
  resource_id: text,
  resource_type: v.literal('picture'),
  filename: text,
  url: text,
  thumb_url: text,
  upload_filename: text,
  upload_request: text,
  timestamps: stampsSchema,
})

export const printPicture = (view: Presentation, picture: Picture) => ({
  resource_id: picture.id,
  resource_type: 'picture',
  filename: picture.filename,
  url: pictureUrl(picture.key),
  thumb_url: pictureUrl(thumbOf(picture.key)),
  upload_filename: picture.uploadFilename,
  upload_request: picture.uploadRequest,
  timestamps: printStamps(view, picture),
})

/** What an ETag is made of: new bytes under the same address, within the same second, make a new one. */
export const printVersion = (view: Presentation, picture: Picture) => [
  printPicture(view, picture),
  picture.vr,
]
