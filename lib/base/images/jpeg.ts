const standalone = (marker: number): boolean =>
  marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
const startOfScan = 0xda
const endOfImage = 0xd9

/**
 * The length of a JPEG up to the end of its picture, and its scans, as decoders count them: segment by segment, so that
 * neither a profile, nor a thumbnail in one, nor a film behind the picture counts (ITU-T T.81, annex B).
 */
export function measureJpeg(jpeg: Buffer): { length: number; scans: number } {
  let scans = 0
  let at = 2
  for (;;) {
    at = markerFrom(jpeg, at)
    const marker = jpeg[at + 1]
    if (marker === undefined) return { length: jpeg.length, scans }
    if (marker === endOfImage) return { length: at + 2, scans }
    if (marker === startOfScan) scans += 1
    if (standalone(marker)) at += 2
    else if (at + 4 > jpeg.length) return { length: jpeg.length, scans }
    else at += 2 + Math.max(2, jpeg.readUInt16BE(at + 2))
  }
}

/** Where the next marker stands: stuffed zeros, fill bytes and whatever is between segments are passed over. */
function markerFrom(jpeg: Buffer, start: number): number {
  for (let at = jpeg.indexOf(0xff, start); at >= 0; at = jpeg.indexOf(0xff, at + 1)) {
    const next = jpeg[at + 1]
    if (next !== undefined && next !== 0x00 && next !== 0xff) return at
  }
  return jpeg.length
}
