import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { ErrorName } from '#lib/base/errors.ts'
import { photo } from './photos.ts'
import { chunk, grey, ihdr, pngOf, signature } from './png.ts'

/** A file that must be refused, with the refusal. */
export type RejectedFile = { name: string; bytes: Buffer; reason: ErrorName }

/** Files that are not a JPEG or PNG, are broken ones, or ask for more than a decoder may spend. */
export async function rejectedFiles(): Promise<RejectedFile[]> {
  const jpeg = await photo({ width: 96, height: 96 })
  const png = await photo({ width: 96, height: 96, type: 'png' })
  const broken = { ...foreign(jpeg), ...(await encodedElsewhere()), ...brokenJpegs(jpeg) }
  const tooLarge = { ...(await largeJpegs()), ...largePngs() }
  return [
    ...rows({ ...broken, ...brokenPngs(png) }, 'invalid_picture'),
    ...rows(tooLarge, 'picture_too_large'),
  ]
}

type Files = Record<string, Buffer>

const rows = (files: Files, reason: ErrorName): RejectedFile[] =>
  Object.entries(files).map(([name, bytes]) => ({ name, bytes, reason }))

function foreign(jpeg: Buffer): Files {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  const tail = Buffer.alloc(64)
  return {
    'an empty file': Buffer.alloc(0),
    'a single byte': Buffer.from([0xff]),
    text: Buffer.from('not a picture at all'),
    HTML: Buffer.from('<!doctype html><script>alert(1)</script>'),
    SVG: Buffer.from(svg),
    'SVG behind a byte order mark': Buffer.from(`\ufeff<?xml version="1.0"?>${svg}`),
    'a JPEG behind an HTML comment': Buffer.concat([Buffer.from('<!--'), jpeg, Buffer.from('-->')]),
    'a JPEG behind a GIF signature': Buffer.concat([Buffer.from('GIF89a'), jpeg]),
    'a JPEG behind a blank': Buffer.concat([Buffer.from(' '), jpeg]),
    PDF: Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
    ZIP: Buffer.concat([Buffer.from('PK\x03\x04'), tail]),
    BMP: Buffer.concat([Buffer.from('BM'), tail]),
    ICO: Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0]), tail]),
    HEIC: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheicmif1'), tail]),
    PostScript: Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n'),
  }
}

async function encodedElsewhere(): Promise<Files> {
  const image = sharp({ create: { width: 32, height: 32, channels: 3, background: '#888' } })
  return {
    GIF: await image.clone().gif().toBuffer(),
    WebP: await image.clone().webp().toBuffer(),
    TIFF: await image.clone().tiff().toBuffer(),
    AVIF: await image.clone().avif().toBuffer(),
  }
}

function brokenJpegs(jpeg: Buffer): Files {
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]))
  const table = jpeg.indexOf(Buffer.from([0xff, 0xdb]))
  return {
    'a JPEG of its signature alone': jpeg.subarray(0, 3),
    'a JPEG cut off in its header': jpeg.subarray(0, 100),
    'a JPEG cut off before its data': jpeg.subarray(0, scan + 14),
    'a JPEG cut off in its middle': jpeg.subarray(0, Math.floor((scan + jpeg.length) / 2)),
    'a JPEG signature before a script': Buffer.from(
      '\xff\xd8\xff<script>alert(1)</script>',
      'latin1',
    ),
    'a JPEG signature before zeros': Buffer.concat([jpeg.subarray(0, 3), Buffer.alloc(5_000)]),
    'a JPEG signature before a PNG': Buffer.concat([jpeg.subarray(0, 3), pngOf({})]),
    'a JPEG without width': patched(jpeg, frame + 7, [0, 0]),
    'a JPEG without components': patched(jpeg, frame + 9, [0]),
    'a JPEG of nine components': patched(jpeg, frame + 9, [9]),
    'a JPEG of 12 bits': patched(jpeg, frame + 4, [12]),
    'a JPEG of a frame kind nobody has': patched(jpeg, frame + 1, [0xc5]),
    'a JPEG with a segment without length': patched(jpeg, table + 2, [0, 0]),
    'a JPEG with a segment beyond its end': patched(jpeg, table + 2, [0xff, 0xff]),
    'a JPEG without scans': Buffer.concat([jpeg.subarray(0, scan), Buffer.from([0xff, 0xd9])]),
  }
}

function brokenPngs(png: Buffer): Files {
  const idat = png.indexOf('IDAT')
  const data = grey(8)
  const palette = ihdr(8, 8, 8, 3)
  return {
    'a PNG of its signature alone': signature,
    'a PNG cut off in its header': png.subarray(0, 20),
    'a PNG cut off in its data': png.subarray(0, idat + 30),
    'a PNG signature before a script': Buffer.concat([signature, Buffer.from('<script>alert(1)')]),
    'a PNG signature before a JPEG': Buffer.concat([signature, Buffer.from([0xff, 0xd8, 0xff])]),
    'a PNG without width': pngOf({ ihdr: ihdr(0, 8) }),
    'a PNG of negative width': pngOf({ ihdr: ihdr(0x80000008, 8) }),
    'a PNG of two thousand million pixels a side': pngOf({ ihdr: ihdr(0x7fffffff, 0x7fffffff) }),
    'a PNG of 3 bits': pngOf({ ihdr: ihdr(8, 8, 3) }),
    'a PNG of colour type 7': pngOf({ ihdr: ihdr(8, 8, 8, 7) }),
    'a PNG of an unknown interlacing': pngOf({ ihdr: ihdr(8, 8, 8, 0, 9) }),
    'a PNG with a short header': pngOf({ ihdr: ihdr(8, 8).subarray(0, 9) }),
    'a PNG whose header has a wrong checksum': patched(pngOf({}), 8 + 8 + 13, [1, 2, 3, 4]),
    'a PNG whose data have a wrong checksum': patched(png, png.length - 16, [1, 2, 3, 4]),
    'a PNG without data': pngOf({ chunks: [] }),
    'a PNG of half its rows': pngOf({ chunks: [['IDAT', deflateSync(Buffer.alloc(36))]] }),
    'a PNG of noise for data': pngOf({ chunks: [['IDAT', Buffer.alloc(64, 0xa7)]] }),
    'a PNG without its palette': pngOf({ ihdr: palette }),
    'a PNG with a chunk of 4 GiB': Buffer.concat([
      pngOf({ chunks: [] }).subarray(0, 33),
      chunk('IDAT', data, 0xffffffff),
    ]),
    'a PNG with a chunk beyond its end': Buffer.concat([
      pngOf({ chunks: [] }).subarray(0, 33),
      chunk('IDAT', data, 100_000),
    ]),
    'a PNG with an unknown critical chunk': pngOf({
      chunks: [
        ['EVIL', data],
        ['IDAT', data],
      ],
    }),
  }
}

async function largeJpegs(): Promise<Files> {
  const jpeg = await photo({ width: 96, height: 96 })
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  return {
    'a JPEG that says 65,500 pixels a side': patched(jpeg, frame + 5, [0xff, 0xdc, 0xff, 0xdc]),
    'a JPEG that says 25.1 megapixels': patched(jpeg, frame + 5, [0x13, 0x92, 0x13, 0x92]),
    'a JPEG with a side of 10,001': patched(jpeg, frame + 5, [0x27, 0x11, 0, 8]),
    'a JPEG of more than 10 MiB': Buffer.concat([jpeg, Buffer.alloc(10 * 1024 * 1024)]),
    'a progressive JPEG of a thousand scans': await manyScans(),
  }
}

// Each repeated scan has some dozen bytes and costs a pass over all coefficients of 25 megapixels.
async function manyScans(): Promise<Buffer> {
  const flat = sharp({ create: { width: 5000, height: 5000, channels: 3, background: '#777' } })
  const jpeg = await flat.jpeg({ progressive: true }).toBuffer()
  const last = jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), -2)
  return Buffer.concat([jpeg.subarray(0, -2), ...Array(1_000).fill(last), jpeg.subarray(-2)])
}

function largePngs(): Files {
  const bomb = deflateSync(Buffer.alloc(16_001 * 16_000), { level: 9 })
  return {
    'a PNG bomb of 16,000 pixels a side': pngOf({
      ihdr: ihdr(16_000, 16_000),
      chunks: [['IDAT', bomb]],
    }),
    'a PNG bomb, interlaced': pngOf({
      ihdr: ihdr(16_000, 16_000, 8, 0, 1),
      chunks: [['IDAT', bomb]],
    }),
    'a PNG of 25.1 megapixels': pngOf({ ihdr: ihdr(5_010, 5_010) }),
    'a PNG with a side of 10,001': pngOf({ ihdr: ihdr(10_001, 1) }),
    'a PNG of more than 10 MiB': Buffer.concat([pngOf({}), Buffer.alloc(10 * 1024 * 1024)]),
  }
}

function patched(file: Buffer, at: number, bytes: number[]): Buffer {
  const copy = Buffer.from(file)
  copy.set(bytes, at)
  return copy
}
