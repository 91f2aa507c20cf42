const signatureLength = 8
const frameLength = 12
const maxExif = 0xffff
// What changes how the still image looks, at most once each; image data and the palette are critical chunks.
const lookful = new Set(['tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'eXIf'])

/**
 * A PNG without the chunks that cannot change how it looks, or undefined when chunks and file do not fit each
 * other. Thousands of compressed texts would otherwise be inflated before any time limit applies.
 */
export function essentialPng(png: Buffer): Buffer | undefined {
  const kept = [png.subarray(0, signatureLength)]
  const seen = new Set<string>()
  let start = signatureLength
  let at = signatureLength
  while (at + frameLength <= png.length) {
    const type = png.toString('latin1', at + 4, at + 8)
    const end = at + frameLength + png.readUInt32BE(at)
    if (end > png.length) return undefined
    if (type === 'IEND') return Buffer.concat([...kept, png.subarray(start, end)])
    if (!isEssential(type, end - at, seen)) {
      kept.push(png.subarray(start, at))
      start = end
    }
    at = end
  }
  return undefined
}

// A capital first letter marks a critical chunk: kept, so that the decoder refuses one that it does not know.
function isEssential(type: string, length: number, seen: Set<string>): boolean {
  if (/^[A-Z]/.test(type)) return true
  if (!lookful.has(type) || seen.has(type)) return false
  seen.add(type)
  return type !== 'eXIf' || length <= maxExif
}
