import { crc32, deflateSync } from 'node:zlib'

// Colours of sRGB, adapted to D50 (IEC 61966-2-1), as fixed-point numbers of 16 bits behind the point.
const d50 = [0xf6d6, 0x10000, 0xd32d]
const primaries = {
  rXYZ: [0x6fa2, 0x38f5, 0x0390],
  gXYZ: [0x6299, 0xb785, 0x18da],
  bXYZ: [0x24a0, 0x0f84, 0xb6cf],
}
const usual = 45_455

/**
 * The chunk that stands for a gAMA chunk: an ICC profile with that gamma and the colours of sRGB, since decoders apply
 * profiles and leave gAMA to the caller (PNG, section 13.13). Undefined for what looks the same without, or is absurd.
 */
export function profileForGamma(gamma: number, isGrey: boolean): Buffer | undefined {
  if (gamma < 5_000 || gamma > 500_000 || Math.abs(gamma - usual) < usual / 50) return undefined
  const data = deflateSync(profile(100_000 / gamma, isGrey))
  const body = Buffer.concat([Buffer.from('iCCPgamma\0\0', 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

type Tag = [name: string, data: Buffer]

/** ICC.1:2001-04, sections 6.1 and 6.2: a header, a table of tags, the tags. */
function profile(exponent: number, isGrey: boolean): Buffer {
  const curve = Buffer.concat([Buffer.from('curv\0\0\0\0\0\0\0\x01', 'latin1'), Buffer.alloc(4)])
  curve.writeUInt16BE(Math.min(0xffff, Math.round(exponent * 256)), 12)
  const colours: Tag[] = Object.entries(primaries).map(([name, xyz]) => [name, xyzOf(xyz)])
  const curves = isGrey ? ['kTRC'] : ['rTRC', 'gTRC', 'bTRC']
  const tags: Tag[] = [
    ['desc', described('gamma')],
    ['wtpt', xyzOf(d50)],
    ...(isGrey ? [] : colours),
    ...curves.map((name): Tag => [name, curve]),
  ]
  const table = Buffer.alloc(4 + 12 * tags.length)
  table.writeUInt32BE(tags.length, 0)
  let offset = 128 + table.length
  for (const [n, [name, data]] of tags.entries()) {
    table.write(name, 4 + 12 * n, 'latin1')
    table.writeUInt32BE(offset, 8 + 12 * n)
    table.writeUInt32BE(data.length, 12 + 12 * n)
    offset += data.length
  }
  return Buffer.concat([header(offset, isGrey), table, ...tags.map(([, data]) => data)])
}

function header(size: number, isGrey: boolean): Buffer {
  const head = Buffer.alloc(128)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(0x02400000, 8)
  head.write(`mntr${isGrey ? 'GRAY' : 'RGB '}XYZ `, 12, 'latin1')
  for (const [n, part] of [2026, 1, 1].entries()) head.writeUInt16BE(part, 24 + 2 * n)
  head.write('acsp', 36, 'latin1')
  for (const [n, part] of d50.entries()) head.writeUInt32BE(part, 68 + 4 * n)
  return head
}

function xyzOf(parts: number[]): Buffer {
  const data = Buffer.alloc(20)
  data.write('XYZ ', 0, 'latin1')
  for (const [n, part] of parts.entries()) data.writeUInt32BE(part, 8 + 4 * n)
  return data
}

function described(text: string): Buffer {
  const data = Buffer.alloc(100)
  data.write('desc', 0, 'latin1')
  data.writeUInt32BE(text.length + 1, 8)
  data.write(text, 12, 'latin1')
  return data
}
