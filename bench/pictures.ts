import { performance } from 'node:perf_hooks'
import sharp from 'sharp'
import { decodePicture } from '#lib/base/images/decode.ts'

export type BenchResult = { name: string; ratio: number; limit: number }

/**
 * What the checks and limits of `decodePicture` cost: time for a phone's 12-megapixel JPEG, turned, cut and
 * given a thumbnail, as a multiple of bare sharp doing these same steps with its own number of threads. Medians of alternating runs.
 */
export async function picturesBench(runs = 7): Promise<BenchResult[]> {
  const source = await phonePhoto()
  const ours: number[] = []
  const bare: number[] = []
  await decodePicture(source, { trim })
  await bareSharp(source)
  const threads = sharp.concurrency()
  for (let run = 0; run < runs; run++) {
    sharp.concurrency(0)
    bare.push(await timed(() => bareSharp(source)))
    sharp.concurrency(threads)
    ours.push(await timed(() => decodePicture(source, { trim })))
  }
  const ratio = median(ours) / median(bare)
  return [{ name: '12-megapixel JPEG: decode, turn, cut, thumbnail', ratio, limit: 1.5 }]
}

const trim = { left: 0, top: 500, side: 3000 }

async function bareSharp(source: Buffer): Promise<Buffer[]> {
  const area = { left: trim.left, top: trim.top, width: trim.side, height: trim.side }
  const square = await sharp(source).autoOrient().extract(area).jpeg({ quality: 88 }).toBuffer()
  const thumb = await sharp(square).resize(128, 128).jpeg({ quality: 88 }).toBuffer()
  return [square, thumb]
}

// Smooth shades with grain, about 4 MB, lying on its side as phones store it.
async function phonePhoto(): Promise<Buffer> {
  const [width, height] = [4000, 3000]
  const raw = Buffer.alloc(width * height * 3)
  let grain = 1
  for (let at = 0; at < raw.length; at++) {
    grain = (grain * 1103515245 + 12345) & 0x7fffffff
    const pixel = Math.floor(at / 3)
    const shade = ((pixel % width) / width) * 120 + (pixel / width / height) * 90
    raw[at] = shade + ((grain >> 16) & 31)
  }
  return sharp(raw, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 92 })
    .toBuffer()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const median = (values: number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
