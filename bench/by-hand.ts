import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'

const agent = new Agent({ keepAlive: true })
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const sha = (text: string) => createHash('sha256').update(text).digest('hex')

/** The least that a call can be: signed by hand at every call, values by the SDK's own functions, no repeats. */
export async function byHand(endpoint: string, operation: string, body: string): Promise<string> {
  const { host } = new URL(endpoint)
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const [type, target] = ['application/x-amz-json-1.0', `DynamoDB_20120810.${operation}`]
  const names = 'content-type;host;x-amz-date;x-amz-target'
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${names}\n${sha(body)}`
  const scope = [date.slice(0, 8), 'eu-central-1', 'dynamodb', 'aws4_request']
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`)
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${sha(canonical)}`
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const credential = `${process.env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`
  const headers = { host, 'content-type': type, 'x-amz-date': date, 'x-amz-target': target }
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, {
      method: 'POST',
      agent,
      headers: { ...headers, authorization },
    })
    sent.on('error', reject).on('response', (answer) => {
      let all = ''
      answer.setEncoding('utf8').on('data', (part) => {
        all += part
      })
      answer.on('end', () => resolve(all))
    })
    sent.end(body)
  })
}

export const wired = (row: object) => marshall(row)
export const plain = (rows: Record<string, never>[]) => rows.map((row) => unmarshall(row))
