import type sharp from 'sharp'
import type { Sharp } from 'sharp'
import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { withPermit } from '#lib/base/semaphore.ts'
import { measureJpeg } from './jpeg.ts'
import { essentialPng } from './png.ts'
import { type Crop, cropOf, maxSide } from './trim.ts'

export type PictureType = 'image/jpeg' | 'image/png'
/** A square picture of `side` pixels and its thumbnail, both encoded anew in the type of the source. */
export type Picture = {
  bytes: Buffer
  type: PictureType
  extension: 'jpg' | 'png'
  size: number
  side: number
  thumb: Buffer
  thumbType: PictureType
}
/** `field` is what a refusal of the content names, `trimField` what a refusal of the trim names. */
export type DecodeOptions = { trim?: Crop | undefined; field?: string; trimField?: string }

const maxPixels = limits.picturePixels.value
export const maxPictureBytes = limits.pictureBytes.value
const thumbSide = 128
const decodeMs = limits.pictureDecodeSeconds.value * 1000
// Cameras write about ten scans; each one costs a pass over all pixels, however few bytes it has.
const maxScans = 40

/**
 * Turns bytes of unknown origin into a clean square JPEG or PNG: upright, cut to the trim, 8-bit sRGB, without
 * metadata or trailing bytes; of an animated PNG its still image. Throws `invalid_picture`, `picture_too_large`,
 * `trim_required`, `invalid_trim`, and `store_busy` when too many wait. Limits: lib/base/limits.ts.
 */
export async function decodePicture(bytes: Buffer, options: DecodeOptions = {}): Promise<Picture> {
  const { field = 'url' } = options
  const type = typeOf(bytes)
  if (!type) throw new ApiError('invalid_picture', { field })
  const tooLarge = () => new ApiError('picture_too_large', { field })
  if (bytes.length > maxPictureBytes) throw tooLarge()
  const source = type === 'image/png' ? essentialPng(bytes) : essentialJpeg(bytes, tooLarge)
  if (!source) throw new ApiError('invalid_picture', { field })
  const open = await engine()
  return withPermit(() => transform(open, source, type, options), decodeMs, tooLarge)
}

type Engine = typeof sharp
let loaded: Promise<Engine> | undefined

// Imported at first use: whoever does not decode does not load the native library.
function engine(): Promise<Engine> {
  loaded ??= import('sharp').then(({ default: open }) => {
    open.cache(false)
    open.concurrency(1)
    open.block({ operation: ['VipsForeignLoad'] })
    open.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer'] })
    return open
  })
  return loaded
}

function typeOf(bytes: Buffer): PictureType | undefined {
  const head = bytes.toString('latin1', 0, 8)
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  return head === '\x89PNG\r\n\x1a\n' ? 'image/png' : undefined
}

/** A JPEG without what stands behind its picture: the film of a phone's motion photo, say. */
function essentialJpeg(jpeg: Buffer, tooLarge: () => ApiError): Buffer {
  const { length, scans } = measureJpeg(jpeg)
  if (scans > maxScans) throw tooLarge()
  return jpeg.subarray(0, length)
}

async function transform(
  open: Engine,
  bytes: Buffer,
  type: PictureType,
  { trim, field = 'url', trimField = 'trim' }: DecodeOptions,
): Promise<Picture> {
  const upright = await reading(field, () => uprightSize(open, bytes))
  const { width, height } = upright
  if (width > maxSide || height > maxSide || width * height > maxPixels) {
    throw new ApiError('picture_too_large', { field })
  }
  const crop = cropOf(upright, trim, trimField)
  return reading(field, async () => {
    const square = await encoded(cut(open, bytes, crop), type)
    const thumb = await encoded(shrink(open, square), type)
    const extension = type === 'image/png' ? 'png' : 'jpg'
    const { length: size } = square
    return { bytes: square, type, extension, size, side: crop.side, thumb, thumbType: type }
  })
}

// The header alone, hence no pixel limit: the dimensions are judged by the caller.
async function uprightSize(open: Engine, bytes: Buffer) {
  const header = await open(bytes, { failOn: 'error', limitInputPixels: false }).metadata()
  return header.autoOrient
}

function cut(open: Engine, bytes: Buffer, { left, top, side }: Crop) {
  return open(bytes, { failOn: 'error', limitInputPixels: maxPixels })
    .autoOrient()
    .extract({ left, top, width: side, height: side })
}

const shrink = (open: Engine, square: Buffer) =>
  open(square, { limitInputPixels: maxPixels }).resize(thumbSide, thumbSide)

function encoded(image: Sharp, type: PictureType): Promise<Buffer> {
  const form = type === 'image/png' ? image.png() : image.jpeg({ quality: 88 })
  return form
    .toColourspace('srgb')
    .timeout({ seconds: decodeMs / 1000 })
    .toBuffer()
}

async function reading<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const slow = cause instanceof Error && /timeout|pixel limit/.test(cause.message)
    throw new ApiError(slow ? 'picture_too_large' : 'invalid_picture', { field })
  }
}
