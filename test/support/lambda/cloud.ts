import type { IncomingMessage } from 'node:http'
import type { Objects } from '#infra/local/objects.ts'
import { bodyOf, onLoopback } from '#test/support/loopback.ts'
import { allows, operationsIn, type Statement } from './policy.ts'

export type Cloud = {
  port: number
  /** Table operations that the policy of the function refused. */
  refused: string[]
  stop(): Promise<void>
}
type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer }
type Behind = { dynamodb: string; objects: Objects; policyOf: (key: string) => Statement[] }

/**
 * AWS as a function sees it: DynamoDB and S3 under their real names, each call held against the policy of the
 * role whose access key signed it.
 */
export async function cloud(behind: Behind): Promise<Cloud> {
  const refused: string[] = []
  const server = await onLoopback(async (request, response) => {
    const body = await bodyOf(request)
    const isTable = request.headers.host?.startsWith('dynamodb.')
    const answer = isTable
      ? await ofTable(request, body.toString(), behind, refused)
      : await ofBucket(request, body, behind.objects)
    response.writeHead(answer.status, answer.headers)
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  return { ...server, refused }
}

async function ofTable(
  request: IncomingMessage,
  body: string,
  { dynamodb, policyOf }: Behind,
  refused: string[],
): Promise<Answer> {
  const target = String(request.headers['x-amz-target']).split('.')[1] ?? ''
  const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const denied = operationsIn(target, JSON.parse(body)).find((one) => !allows(policyOf(key), one))
  if (denied) {
    refused.push(`${key}: ${denied.action} on ${denied.leadingKeys} (${denied.attributes})`)
    const text = { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'no' }
    return { status: 400, headers: json, body: JSON.stringify(text) }
  }
  const headers = new Headers()
  for (const name of ['x-amz-target', 'content-type', 'authorization', 'x-amz-date']) {
    headers.set(name, String(request.headers[name] ?? ''))
  }
  const answer = await fetch(dynamodb, { method: 'POST', headers, body })
  return { status: answer.status, headers: json, body: await answer.text() }
}

const json = { 'content-type': 'application/x-amz-json-1.0' }

/** The bucket is in the host's name, as on AWS; its signature was tried elsewhere. */
async function ofBucket(request: IncomingMessage, body: Buffer, objects: Objects): Promise<Answer> {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const key = decodeURIComponent(path.slice(1))
  const type = String(request.headers['content-type'] ?? 'application/octet-stream')
  if (request.method === 'PUT') {
    await objects.put(
      key,
      body,
      { 'content-type': type },
      { ifNoneMatch: undefined, ifMatch: undefined },
    )
    return { status: 200, headers: { etag: '"one"' } }
  }
  if (request.method === 'POST') {
    for (const [, one = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(one)
    return { status: 200, body: '<DeleteResult/>' }
  }
  if (new URLSearchParams(query).get('list-type') === '2') {
    return { status: 200, body: '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>' }
  }
  const found = await objects.get(key)
  if (!found) return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
  return { status: 200, headers: { etag: found.meta.etag }, body: found.bytes }
}
