import sharp from 'sharp'
import { expect, it } from 'vitest'
import { decodePicture } from '#lib/base/images/decode.ts'
import { parseTrim } from '#lib/base/images/trim.ts'
import { colourAt, type PhotoOptions, photo, pixels } from '#test/support/photos.ts'

/** The largest difference of any channel to the upright original, away from the seams of the quadrants. */
async function distance(bytes: Buffer, size: PhotoOptions, left = 0, top = 0) {
  const { width, height, at } = await pixels(bytes)
  let most = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sourceX, sourceY] = [x + left, y + top]
      if (Math.abs(sourceX - size.width / 2) < 17 || Math.abs(sourceY - size.height / 2) < 17)
        continue
      const want = colourAt(sourceX, sourceY, size.width, size.height)
      const seen = at(x, y)
      want.forEach((value, channel) => {
        most = Math.max(most, Math.abs(value - (seen[channel] ?? -255)))
      })
    }
  }
  return most
}

const size = { width: 96, height: 64 }
const trim = parseTrim('30x4:80x54')

for (const type of ['jpeg', 'png'] as const) {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`cuts the upright picture of a ${type} with EXIF orientation ${orientation}`, async () => {
      const picture = await decodePicture(await photo({ ...size, type, orientation }), { trim })
      expect(await pixels(picture.bytes)).toMatchObject({ width: 50, height: 50 })
      expect(await distance(picture.bytes, size, 30, 4)).toBeLessThanOrEqual(type === 'png' ? 0 : 6)
    })
  }
}

const forms: [string, Partial<PhotoOptions>, number][] = [
  ['progressive JPEG', { progressive: true }, 6],
  ['16-bit PNG', { type: 'png', colours: 'rgb16' }, 1],
  ['palette PNG', { type: 'png', colours: 'palette' }, 2],
  ['interlaced PNG', { type: 'png', progressive: true }, 0],
  ['PNG with an opaque alpha channel', { type: 'png', alpha: 1 }, 0],
  ['JPEG in Display P3', { colours: 'p3' }, 8],
  ['PNG in Display P3', { type: 'png', colours: 'p3' }, 4],
  ['CMYK JPEG', { colours: 'cmyk' }, 30],
]
for (const [name, form, tolerance] of forms) {
  it(`shows the colours of a ${name} as they were`, async () => {
    const { bytes } = await decodePicture(await photo({ ...size, ...form }), { trim })
    expect(await distance(bytes, size, 30, 4)).toBeLessThanOrEqual(tolerance)
  })
}

it('would notice a Display P3 picture whose profile is thrown away without conversion', async () => {
  const p3 = await photo({ ...size, type: 'png', colours: 'p3' })
  const careless = await sharp(p3, { ignoreIcc: true }).png().toBuffer()
  expect(await distance(careless, size)).toBeGreaterThan(8)
})

for (const type of ['jpeg', 'png'] as const) {
  it(`keeps a grey ${type} grey`, async () => {
    const grey = await photo({ ...size, type, colours: 'grey' })
    const { bytes } = await decodePicture(grey, { trim })
    const [before, after] = [await pixels(grey), await pixels(bytes)]
    expect(after.at(2, 2)[0]).toBeCloseTo(before.at(32, 6)[0] ?? -1, -1)
    const [red = 0, green = 0, blue = 0] = after.at(2, 2)
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThanOrEqual(
      after.channels > 2 ? 2 : 255,
    )
  })
}

it('keeps the transparency of a PNG, in the thumbnail too', async () => {
  const { bytes, thumb } = await decodePicture(
    await photo({ width: 200, height: 200, type: 'png', alpha: 0.5 }),
  )
  for (const png of [bytes, thumb]) {
    const { at } = await pixels(png)
    expect(at(5, 5)[3]).toBeGreaterThan(120)
    expect(at(5, 5)[3]).toBeLessThan(136)
  }
})

it('keeps the type of a picture, as 8-bit sRGB with a thumbnail of 128 pixels', async () => {
  for (const type of ['jpeg', 'png'] as const) {
    const colours = type === 'jpeg' ? 'cmyk' : 'rgb16'
    const picture = await decodePicture(await photo({ width: 300, height: 300, type, colours }))
    expect(picture).toMatchObject({
      type: `image/${type}`,
      thumbType: `image/${type}`,
      extension: type === 'jpeg' ? 'jpg' : 'png',
      size: picture.bytes.length,
      side: 300,
    })
    const form = { format: type, space: 'srgb', depth: 'uchar', isProgressive: false }
    expect(await sharp(picture.bytes).metadata()).toMatchObject({
      ...form,
      width: 300,
      height: 300,
    })
    expect(await sharp(picture.thumb).metadata()).toMatchObject({
      ...form,
      width: 128,
      height: 128,
    })
    expect(await distance(picture.thumb, { width: 128, height: 128 })).toBeLessThanOrEqual(30)
  }
})

it('takes all of a square picture when there is no trim', async () => {
  const square = { width: 80, height: 80 }
  const { bytes } = await decodePicture(await photo({ ...square, type: 'png' }))
  expect(await distance(bytes, square)).toBe(0)
})

it('never shrinks: a trim of 3,000 pixels gives 3,000 pixels', async () => {
  const wide = await sharp({
    create: { width: 4000, height: 3000, channels: 3, background: '#456' },
  })
    .jpeg()
    .toBuffer()
  const picture = await decodePicture(wide, { trim: parseTrim('500x0:3500x3000') })
  expect(await sharp(picture.bytes).metadata()).toMatchObject({ width: 3000, height: 3000 })
})

it('leaves no metadata in what it stores: EXIF, profile, comment', async () => {
  for (const type of ['jpeg', 'png'] as const) {
    const exif = { Copyright: 'GPS 52.5200 N', Artist: 'Somebody' }
    const source = await photo({ width: 64, height: 64, type, exif, orientation: 6, colours: 'p3' })
    expect(source.includes('Somebody')).toBe(true)
    const { bytes, thumb } = await decodePicture(source)
    for (const clean of [bytes, thumb]) {
      const { exif, icc, xmp, iptc, comments, orientation } = await sharp(clean).metadata()
      expect({ exif, icc, xmp, iptc, comments, orientation }).toEqual({})
      expect(clean.includes('Somebody')).toBe(false)
    }
  }
})

it('decodes for ten at once at most', async () => {
  const source = await photo({ width: 700, height: 700 })
  const answers = await Promise.allSettled(Array.from({ length: 11 }, () => decodePicture(source)))
  const refused = answers.filter((answer) => answer.status === 'rejected')
  expect(refused).toMatchObject([{ reason: { reason: 'store_busy' } }])
  await expect(decodePicture(source)).resolves.toMatchObject({ side: 700 })
})
