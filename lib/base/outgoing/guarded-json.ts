import { guardedRequest, type OutgoingOptions } from './guarded-request.ts'
import { readBody } from './read-body.ts'

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
    return JSON.parse((await readBody(answer, mostBytes, signal)).toString('utf8'))
  } finally {
    answer.destroy()
  }
}
