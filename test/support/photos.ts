import sharp from 'sharp'

export type Rgb = readonly [number, number, number]
export type PhotoOptions = {
  /** Dimensions of the picture as a person sees it. */
  width: number
  height: number
  type?: 'jpeg' | 'png'
  /** EXIF orientation 1 to 8: the pixels are stored so that a viewer turns them upright. */
  orientation?: number
  colours?: 'rgb' | 'grey' | 'cmyk' | 'rgb16' | 'palette' | 'p3'
  progressive?: boolean
  /** Alpha of all pixels, 0 to 1. */
  alpha?: number
  /** Metadata that must not survive. */
  exif?: Record<string, string>
}

/** What `photo` shows: a quadrant each of red, green, blue and yellow, all of them soft enough for CMYK. */
const quadrants: readonly [Rgb, Rgb, Rgb, Rgb] = [
  [190, 60, 60],
  [70, 150, 80],
  [60, 80, 160],
  [210, 190, 80],
]

/** The colour of the upright photo at a point. */
export function colourAt(x: number, y: number, width: number, height: number): Rgb {
  const [topLeft, topRight, bottomLeft, bottomRight] = quadrants
  if (y < height / 2) return x < width / 2 ? topLeft : topRight
  return x < width / 2 ? bottomLeft : bottomRight
}

/** A photograph of four colours in any of the forms in which cameras and programs save one. */
export async function photo(options: PhotoOptions): Promise<Buffer> {
  const { type = 'jpeg', colours = 'rgb', orientation, progressive = false, alpha, exif } = options
  let image = stored(options)
  if (alpha !== undefined) image = image.ensureAlpha(alpha)
  if (colours === 'grey') image = image.toColourspace('b-w')
  if (colours === 'cmyk') image = image.toColourspace('cmyk')
  if (colours === 'rgb16') image = image.toColourspace('rgb16')
  if (colours === 'p3') image = image.withIccProfile('p3')
  if (exif) image = image.withExif({ IFD0: exif })
  if (orientation) image = image.withMetadata({ orientation })
  if (type === 'png') return image.png({ palette: colours === 'palette', progressive }).toBuffer()
  return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4', progressive }).toBuffer()
}

/** The pixels of an encoded picture as 8-bit RGB(A), row by row. */
export async function pixels(bytes: Buffer) {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [
    ...data.subarray(
      (y * info.width + x) * info.channels,
      (y * info.width + x + 1) * info.channels,
    ),
  ]
  return { width: info.width, height: info.height, channels: info.channels, at }
}

// Which upright point stands at (x, y) of the file, from the table of the EXIF standard.
const sources: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, w) => [w - 1 - y, x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, _w, h) => [y, h - 1 - x],
}

function stored({ width, height, orientation = 1 }: PhotoOptions) {
  const turned = orientation > 4
  const [fileWidth, fileHeight] = turned ? [height, width] : [width, height]
  const source = sources[orientation]
  if (!source) throw new Error(`no orientation ${orientation}`)
  const raw = Buffer.alloc(fileWidth * fileHeight * 3)
  for (let y = 0; y < fileHeight; y++) {
    for (let x = 0; x < fileWidth; x++) {
      const upright = source(x, y, width, height)
      raw.set(colourAt(...upright, width, height), (y * fileWidth + x) * 3)
    }
  }
  return sharp(raw, { raw: { width: fileWidth, height: fileHeight, channels: 3 } })
}
