import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'

/** A square to cut out, in pixels of the upright picture; `left` and `top` count from 0. */
export type Crop = { left: number; top: number; side: number }
export type Dimensions = { width: number; height: number }

/** No side of a picture may be longer, so no trim can name a larger number. */
export const maxSide = limits.pictureSide.value

/**
 * Reads `AxB:CxD`: left-top A,B to right-bottom C,D, both on pixel borders, so 0x0:100x100 is the first hundred
 * pixels both ways. Throws `invalid_trim` for whatever cannot fit any picture, before one is fetched or decoded.
 */
export function parseTrim(text: string, field = 'trim'): Crop {
  const match = /^(\d{1,5})x(\d{1,5}):(\d{1,5})x(\d{1,5})$/.exec(text)
  if (!match) throw new ApiError('invalid_trim', { field })
  const [left = 0, top = 0, right = 0, bottom = 0] = match.slice(1).map(Number)
  const side = right - left
  if (side < 1 || bottom - top !== side || right > maxSide || bottom > maxSide) {
    throw new ApiError('invalid_trim', { field })
  }
  return { left, top, side }
}

/** The square to cut from a picture of these dimensions: the trim, which must lie inside, or all of it. */
export function cropOf(size: Dimensions, trim: Crop | undefined, field = 'trim'): Crop {
  if (!trim) {
    if (size.width !== size.height) throw new ApiError('trim_required', { field })
    return { left: 0, top: 0, side: size.width }
  }
  if (trim.left + trim.side > size.width || trim.top + trim.side > size.height) {
    throw new ApiError('invalid_trim', { field })
  }
  return trim
}
