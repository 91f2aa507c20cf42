import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { decodePicture } from '#lib/base/images/decode.ts'
import { measureJpeg } from '#lib/base/images/jpeg.ts'
import { photo, pixels } from '#test/support/photos.ts'
import { ihdr, pngOf } from '#test/support/png.ts'

const scan = Buffer.from([0xff, 0xda])
/** Bytes in which a scan seems to begin every few bytes. */
const scans = (size: number) =>
  Buffer.concat(Array.from({ length: size / 8 }, () => Buffer.concat([scan, Buffer.alloc(6, 1)])))
const jpeg = () => photo({ width: 64, height: 64 })

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, data])
}
const withSegments = (photo: Buffer, ...segments: Buffer[]) =>
  Buffer.concat([photo.subarray(0, 2), ...segments, photo.subarray(2)])

it.each([
  [
    'a film',
    () => Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42', 'latin1'), randomBytes(3_000_000)]),
  ],
  ['bytes like scans', () => scans(800_000)],
  ['a second picture', () => scans(8)],
  ['blanks', () => Buffer.alloc(1000)],
  ['bytes like markers', () => Buffer.alloc(100_000, 0xff)],
])('takes a photo with %s behind it, and keeps the photo alone', async (_, behind) => {
  const alone = await jpeg()
  expect(measureJpeg(Buffer.concat([alone, behind()]))).toEqual({ ...measureJpeg(alone) })
  const [with_, without] = [
    await decodePicture(Buffer.concat([alone, behind()])),
    await decodePicture(alone),
  ]
  expect(with_.bytes.equals(without.bytes)).toBe(true)
})

it.each([
  ['a large profile', 0xe2, 'ICC_PROFILE\0'],
  ['a thumbnail in its metadata', 0xe1, 'Exif\0\0'],
  ['a comment', 0xfe, ''],
])('does not count the scans in %s', async (_, marker, start) => {
  const large = Buffer.concat([Buffer.from(start, 'latin1'), scans(60_000)])
  const source = withSegments(
    await jpeg(),
    ...Array.from({ length: 20 }, () => segment(marker, large)),
  )
  expect(measureJpeg(source)).toEqual({ length: source.length, scans: 1 })
})

it('counts the scans of a progressive photo, and refuses one of too many', async () => {
  const source = await photo({ width: 64, height: 64, progressive: true })
  const { scans: count, length } = measureJpeg(source)
  expect(count).toBeGreaterThan(3)
  expect(length).toBe(source.length)
  const begin = source.indexOf(scan)
  const many = Buffer.concat([
    source.subarray(0, -2),
    ...Array.from({ length: 50 }, () => source.subarray(begin, -2)),
  ])
  await expect(decodePicture(many)).rejects.toMatchObject({ reason: 'picture_too_large' })
})

it('reads a real profile of two megabytes', async () => {
  const p3 = await photo({ width: 64, height: 64, colours: 'p3' })
  const { icc } = await sharp(p3).metadata()
  const large = Buffer.concat([icc ?? Buffer.alloc(0), scans(2_000_000)])
  large.writeUInt32BE(large.length, 0)
  const plain = await sharp(p3).keepIccProfile().jpeg().toBuffer()
  const size = 65_000
  const count = Math.ceil(large.length / size)
  const parts = Array.from({ length: count }, (_, n) =>
    segment(
      0xe2,
      Buffer.concat([
        Buffer.from(`ICC_PROFILE\0`, 'latin1'),
        Buffer.from([n + 1, count]),
        large.subarray(n * size, (n + 1) * size),
      ]),
    ),
  )
  const bare = await sharp(plain).jpeg({ quality: 95 }).toBuffer()
  await expect(decodePicture(withSegments(bare, ...parts))).resolves.toMatchObject({ side: 64 })
})

const gama = (value: number): [string, Buffer] => {
  const data = Buffer.alloc(4)
  data.writeUInt32BE(value)
  return ['gAMA', data]
}
const side = 16
/** A square of one value in every channel. */
function flat(value: number, { colour = 2, bits = 8, chunks = [] as [string, Buffer][] } = {}) {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 1
  const sample = colour === 3 ? 0 : value
  const bytes = bits / 8
  const row = Buffer.alloc(1 + side * channels * bytes, sample)
  row[0] = 0
  const pixelsOf = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))
  const palette: [string, Buffer][] = colour === 3 ? [['PLTE', Buffer.alloc(3, value)]] : []
  return pngOf({
    ihdr: ihdr(side, side, bits, colour),
    chunks: [...chunks, ...palette, ['IDAT', pixelsOf]],
  })
}
const seen = async (png: Buffer) => (await pixels((await decodePicture(png)).bytes)).at(8, 8)
const linear = 188 // sRGB of half the light

it.each([
  ['colours', { colour: 2 }],
  ['grey', { colour: 0 }],
  ['a palette', { colour: 3 }],
  ['16 bits', { colour: 2, bits: 16 }],
])('applies the gamma of a PNG in %s', async (_, form) => {
  const [red = 0] = await seen(flat(128, { ...form, chunks: [gama(100_000)] }))
  expect(Math.abs(red - linear)).toBeLessThanOrEqual(3)
})

it('applies a gamma that darkens', async () => {
  const [red = 0] = await seen(flat(128, { chunks: [gama(30_000)] }))
  expect(red).toBeGreaterThan(75)
  expect(red).toBeLessThan(100)
})

it.each([
  ['the usual gamma', [gama(45_455)]],
  ['gamma beside sRGB', [['sRGB', Buffer.from([0])], gama(100_000)]],
  ['no gamma', []],
  ['a gamma of nothing', [gama(0)]],
  ['a broken gamma', [['gAMA', Buffer.alloc(3)]]],
] as [string, [string, Buffer][]][])(
  'leaves the colours as they are with %s',
  async (_, chunks) => {
    const given = await seen(flat(128, { chunks })).catch(() => [128])
    expect(Math.abs((given[0] ?? 0) - 128)).toBeLessThanOrEqual(1)
  },
)
