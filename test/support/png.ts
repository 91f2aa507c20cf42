import { crc32, deflateSync } from 'node:zlib'

type Png = { ihdr?: Buffer; chunks?: [string, Buffer][] }

/** The header of a PNG: dimensions, bits, colour type (0 grey, 2 RGB, 3 palette), interlacing. */
export function ihdr(width: number, height: number, bits = 8, colour = 0, interlace = 0): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([bits, colour, 0, 0, interlace], 8)
  return header
}

/** A PNG from its parts; IEND is added. */
export function pngOf({ ihdr: header = ihdr(8, 8), chunks = [['IDAT', grey(8)]] }: Png): Buffer {
  const parts: [string, Buffer][] = [['IHDR', header], ...chunks, ['IEND', Buffer.alloc(0)]]
  return Buffer.concat([signature, ...parts.map(([type, data]) => chunk(type, data))])
}

/** Image data of a grey square. */
export const grey = (side: number) => deflateSync(Buffer.alloc((side + 1) * side))

export const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** One chunk; its length and checksum may lie. */
export function chunk(type: string, data: Buffer, size = data.length, sum?: number): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(size, 0)
  frame.writeUInt32BE(sum ?? crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
