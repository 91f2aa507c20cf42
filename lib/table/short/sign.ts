import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

export type Identity = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha = (text: string) => hash('sha256', text, 'hex')

/** Signs requests to one host by Signature Version 4; the signing key of a day is made once. */
export function signer(host: string, region: string) {
  let last: { secret: string; day: string; key: KeyObject } | undefined
  const keyOf = (secret: string, day: string): KeyObject => {
    if (last?.secret !== secret || last.day !== day) {
      const parts = [day, region, 'dynamodb', 'aws4_request']
      const bytes = parts.reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`))
      // Given as bytes, it would be made into a key at every call: a tenth of what the call costs.
      last = { secret, day, key: createSecretKey(bytes) }
    }
    return last.key
  }
  return (
    target: string,
    body: string,
    identity: Identity,
    now: number,
  ): Record<string, string> => {
    const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
    const { accessKeyId, secretAccessKey, sessionToken } = identity
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      host,
      'x-amz-date': date,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      'x-amz-target': target,
    }
    const names = Object.keys(headers).join(';')
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
    const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${sha(body)}`
    const scope = `${date.slice(0, 8)}/${region}/dynamodb/aws4_request`
    const signature = createHmac('sha256', keyOf(secretAccessKey, date.slice(0, 8)))
      .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`)
      .digest('hex')
    const credential = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}`
    headers.authorization = `${credential}, SignedHeaders=${names}, Signature=${signature}`
    return headers
  }
}
