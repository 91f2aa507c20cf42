import type { IncomingMessage } from 'node:http'

/** The whole body of a 200 of at most `most` bytes as it was sent; throws for anything else, and for one that was cut off. */
export async function readBody(
  response: IncomingMessage,
  most: number,
  total: AbortSignal,
): Promise<Buffer> {
  if (response.statusCode !== 200 || response.headers['content-encoding'] !== undefined) {
    throw new Error('not a plain answer')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    size += chunks.at(-1)?.length ?? 0
    if (size > most) throw new Error('too long')
  }
  // A body that only ends with its connection looks complete when we are the ones who cut it off.
  if (!response.complete || total.aborted) throw new Error('cut off')
  return Buffer.concat(chunks, size)
}
