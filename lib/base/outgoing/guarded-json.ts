import { guardedRequest, type OutgoingOptions } from './guarded-request.ts'

const mostBytes = 256 * 1024

/**
 * The JSON document at an address of the public internet. Follows nothing; throws for anything but a 200 with at most
 * 256 KB of JSON before the signal says stop.
 */
export async function guardedJson(
  url: URL,
  signal: AbortSignal,
  dialling: OutgoingOptions & { toLoopback: boolean },
): Promise<unknown> {
  const answer = await guardedRequest(url, signal, { ...dialling, accept: 'application/json' })
  if (!answer) throw new Error('The address cannot be reached.')
  try {
    if (answer.statusCode !== 200) throw new Error(`The address answered ${answer.statusCode}.`)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length
      if (bytes > mostBytes) throw new Error('The answer is too large.')
      chunks.push(chunk as Buffer)
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } finally {
    answer.destroy()
  }
}
