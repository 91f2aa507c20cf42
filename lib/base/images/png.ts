import { profileForGamma } from './gamma.ts'

const signatureLength = 8
const frameLength = 12
const maxExif = 0xffff
// What changes how the still image looks, at most once each; image data and the palette are critical chunks.
const lookful = new Set(['tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'eXIf'])
// Where the header says what a pixel is; grey has no bit of colour in it (PNG, section 11.2.1).
const colourType = 25
const colourBit = 2

/**
 * A PNG without the chunks that cannot change how it looks, or undefined when chunks and file do not fit each
 * other. Thousands of compressed texts would otherwise be inflated before any time limit applies. Its gamma, which
 * decoders do not apply, becomes a profile, which they do.
 */
export function essentialPng(png: Buffer): Buffer | undefined {
  const kept = [png.subarray(0, signatureLength)]
  const seen = new Map<string, Buffer>()
  for (let at = signatureLength; at + frameLength <= png.length; ) {
    const type = png.toString('latin1', at + 4, at + 8)
    const end = at + frameLength + png.readUInt32BE(at)
    if (end > png.length) return undefined
    const chunk = png.subarray(at, end)
    if (beforePixels(type, seen)) kept.push(...gammaProfile(png, seen))
    if (isEssential(type, chunk, seen)) kept.push(chunk)
    if (type === 'IEND') return Buffer.concat(kept)
    seen.set(type, seen.get(type) ?? chunk)
    at = end
  }
  return undefined
}

// A capital first letter marks a critical chunk: kept, so that the decoder refuses one that it does not know.
function isEssential(type: string, chunk: Buffer, seen: ReadonlyMap<string, Buffer>): boolean {
  if (/^[A-Z]/.test(type)) return true
  return lookful.has(type) && !seen.has(type) && (type !== 'eXIf' || chunk.length <= maxExif)
}

// Profiles stand before the palette (PNG, section 5.6).
const beforePixels = (type: string, seen: ReadonlyMap<string, Buffer>): boolean =>
  (type === 'PLTE' || type === 'IDAT') && !seen.has('PLTE') && !seen.has('IDAT')

function gammaProfile(png: Buffer, seen: ReadonlyMap<string, Buffer>): Buffer[] {
  const gamma = seen.get('gAMA')
  if (gamma?.length !== frameLength + 4 || seen.has('iCCP') || seen.has('sRGB')) return []
  const profile = profileForGamma(gamma.readUInt32BE(8), ((png[colourType] ?? 0) & colourBit) === 0)
  return profile ? [profile] : []
}
