import { deflateSync } from 'node:zlib'
import { photo } from './photos.ts'
import { grey, pngOf } from './png.ts'

/** Pictures with a sting that ends where they are encoded anew. Wherever a script is, it says `alert(1)`. */
export async function maliciousFiles(): Promise<{ name: string; bytes: Buffer }[]> {
  const jpeg = await photo({ width: 64, height: 64 })
  const png = await photo({ width: 64, height: 64, type: 'png' })
  const script = Buffer.from('<script>alert(1)</script>')
  const image: [string, Buffer] = ['IDAT', grey(8)]
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 })
  const named = Buffer.concat([Buffer.from('x\0\0'), bomb])
  const files = {
    'a JPEG with a script appended': Buffer.concat([jpeg, script]),
    'a PNG with a script appended': Buffer.concat([png, script]),
    'a JPEG with another picture appended': Buffer.concat([jpeg, png, script]),
    'a JPEG with a script for a comment': afterStart(jpeg, 0xfe, script),
    'a JPEG with EXIF of noise': afterStart(
      jpeg,
      0xe1,
      Buffer.from('Exif\0\0MM\0*\xff\xff\xff alert(1)'),
    ),
    'a JPEG with a profile of noise': afterStart(
      jpeg,
      0xe2,
      Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), script]),
    ),
    'a PNG with a script for a text': pngOf({
      chunks: [['tEXt', Buffer.concat([Buffer.from('Comment\0'), script])], image],
    }),
    'a PNG with a text of 64 MiB': pngOf({ chunks: [['zTXt', named], image] }),
    'a PNG with a hundred such texts': pngOf({
      chunks: [...Array(99).fill(['zTXt', named]), image],
    }),
    'a PNG with a profile of 64 MiB': pngOf({ chunks: [['iCCP', named], image] }),
    'an animated PNG': animated(),
  }
  return Object.entries(files).map(([name, bytes]) => ({ name, bytes }))
}

function afterStart(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, data.length + 2])
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)])
}

function animated(): Buffer {
  const words = (...values: number[]) => Buffer.concat(values.map((value) => word(value)))
  const frame = (order: number) =>
    Buffer.concat([words(order, 8, 8, 0, 0), Buffer.from([0, 1, 0, 10, 0, 0])])
  const white = deflateSync(Buffer.alloc(72, 255))
  return pngOf({
    chunks: [
      ['acTL', words(2, 0)],
      ['fcTL', frame(0)],
      ['IDAT', grey(8)],
      ['fcTL', frame(1)],
      ['fdAT', Buffer.concat([words(2), white])],
    ],
  })
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
