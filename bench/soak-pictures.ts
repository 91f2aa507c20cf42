import { decodePicture } from '#lib/base/images/decode.ts'
import { maliciousFiles } from '#test/support/malicious-files.ts'
import { rejectedFiles } from '#test/support/rejected-files.ts'

/**
 * Two hundred rounds of every hostile file: how far memory outside V8's heap, where pictures are decoded, rises
 * above its level after ten rounds, in MiB. The heap grows by up to 96 MiB of young generation and no further.
 */
export async function pictureSoak(rounds = 200): Promise<{ files: number; riseMiB: number }> {
  const files = [...(await rejectedFiles()), ...(await maliciousFiles())]
  const round = async () => {
    for (const { bytes } of files) await decodePicture(bytes).catch(() => undefined)
  }
  for (let done = 0; done < 10; done++) await round()
  const before = outsideHeap()
  let most = before
  for (let done = 0; done < rounds; done++) {
    await round()
    most = Math.max(most, outsideHeap())
  }
  return { files: files.length, riseMiB: Math.round((most - before) / 1024 / 1024) }
}

function outsideHeap(): number {
  const { rss, heapTotal } = process.memoryUsage()
  return rss - heapTotal
}

if (import.meta.main) {
  const { files, riseMiB } = await pictureSoak()
  process.stdout.write(`${files} files, 200 rounds: memory rose by ${riseMiB} MiB (limit 150)\n`)
  process.exitCode = riseMiB <= 150 ? 0 : 1
}
