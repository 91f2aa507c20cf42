import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { behind, bundle, functionNames } from '#infra/bundle.ts'
import { fromResult, toEvent } from '#infra/local/event.ts'
import { routeOf } from '#infra/local/routes.ts'
import { isFollowed } from '#lib/store/feed/followed.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { call } from '#test/support/call.ts'
import { engines } from '#test/support/engines.ts'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { followChanges, nextBatch } from '#test/support/feed.ts'
import { ripen } from '#test/support/jobs.ts'
import { type Cloud, cloud } from '#test/support/lambda/cloud.ts'
import { runtimeClient, startFunction } from '#test/support/lambda/function.ts'
import type { Statement } from '#test/support/lambda/policy.ts'
import { linkSharp } from '#test/support/lambda/sharp.ts'
import { lateBatch } from '#test/support/late.ts'
import { photo } from '#test/support/photos.ts'
import { makeSession } from '#test/support/sessions.ts'
import { type Json, make, view } from '../template/template.ts'
import { type Recorded, requests } from './requests.ts'

const template = view(make())
const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const dist = mkdtempSync(join(tmpdir(), 'plenary-lambda-'))
const client = runtimeClient()
const names: Record<string, string> = {}
const tokens: Record<string, string> = {}
const pictures: Record<string, Buffer> = {}
let aws: Cloud

beforeAll(async () => {
  const { dynamodbEndpoint, s3 } = await engines()
  await followChanges()
  aws = await cloud({ dynamodb: dynamodbEndpoint, objects: s3.objects, policyOf })
  const at = await freshEvent()
  const ada = await makeAttendee(at)
  const bob = await makePerson(at, { profile: { first_name: 'Bob' } })
  const meetup = await makeSession(at, { session_format: 'MEET_UP' })
  const type = await at.ask('POST', '/ticket_types', { name: 'Day' })
  await at.ask('PUT', `/people/resources/${ada.id}/ticket`, type.body)
  Object.assign(names, { event: at.id, bob: bob.person_id, meetup: meetup.session_id })
  Object.assign(tokens, { op: at.token, ada: ada.token })
  const side = { width: 40, height: 40 }
  Object.assign(pictures, { png: await photo({ ...side, type: 'png' }), jpeg: await photo(side) })
})
afterAll(async () => {
  await aws?.stop()
  rmSync(dist, { recursive: true, force: true })
})

const policyOf = (name: string): Statement[] =>
  template.properties('IAM::Policy', `${capital(name)}Data`).PolicyDocument.Statement

/** The variables of the template, with what they refer to filled in. */
function environmentOf(name: string): Record<string, string> {
  const { Variables } = template.properties(
    'Lambda::Function',
    `${capital(name)}Function`,
  ).Environment
  const filled = Object.entries<Json>(Variables).map(([variable, value]) => [variable, text(value)])
  return Object.fromEntries(filled)
}

function text(value: Json): string {
  if (typeof value === 'string') return value
  if (value['Fn::Join']) return value['Fn::Join'][1].map(text).join('')
  if (value['Fn::GetAtt']) return 'd111111abcdef8.cloudfront.net'
  if (value.Ref.startsWith('Table')) return process.env.TABLE_NAME ?? ''
  if (value.Ref.startsWith('Pictures')) return 'plenary-pictures'
  if (value.Ref.startsWith('Changes')) return 'plenary-changes'
  if (value.Ref.startsWith('Exporter')) return 'exporter'
  throw new Error(`what is ${JSON.stringify(value)}?`)
}

async function start(name: string) {
  const { sharp } = await bundle(name, dist)
  const folder = join(dist, name)
  if (sharp) linkSharp(folder)
  const environment = environmentOf(name)
  return startFunction({ name, folder, client: client ?? '', cloudPort: aws.port, environment })
}

/** A request as API Gateway hands it over, with the headers that it adds. */
function eventOf([who, method, path, , body]: Recorded) {
  const url = `/api/v2${filled(path)}`
  const sent = bodyOf(body)
  const headers: [string, string][] = [
    ['host', 'abc123.execute-api.eu-central-1.amazonaws.com'],
    ['x-amzn-trace-id', 'Root=1-65000000-000000000000000000000000'],
    ['x-forwarded-for', '192.0.2.1'],
    ['x-forwarded-port', '443'],
    ['x-forwarded-proto', 'https'],
    ...(tokens[who] ? [['authorization', `Bearer ${tokens[who]}`] as [string, string]] : []),
    ...(sent.type ? [['content-type', sent.type] as [string, string]] : []),
  ]
  const routeKey = routeOf(decodeURIComponent(url.split('?')[0] ?? ''))?.key ?? '$default'
  return toEvent({ method, url, headers, body: sent.bytes, sourceIp: '192.0.2.1', routeKey })
}

function bodyOf(body: unknown): { bytes: Uint8Array; type?: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0) }
  const picture = pictures[String(body)]
  if (picture) return { bytes: picture, type: `image/${body}` }
  return { bytes: Buffer.from(filled(JSON.stringify(body))), type: 'application/json' }
}

const filled = (sent: string) =>
  sent
    .replace(/"\{user\}"/g, names.user ?? '')
    .replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole)

test.skipIf(!client).each(Object.keys(requests))(
  'answers twenty recorded events of the gateway under AWS’s runtime client: %s',
  async (name) => {
    const running = await start(name)
    const wrong: string[] = []
    for (const recorded of requests[name] ?? []) {
      const [, method, path, status, , keep] = recorded
      const { result, error } = await running.invoke(eventOf(recorded))
      const answer = fromResult(result)
      const said = error ?? answer.body.toString().slice(0, 200)
      if (answer.status !== status || error)
        wrong.push(`${method} ${path} ${answer.status}: ${said}`)
      if (keep && answer.status < 300)
        names[keep[0]] = String(at(JSON.parse(answer.body.toString()), keep[1]))
    }
    await running.stop()
    expect(wrong).toEqual([])
    expect(requests[name]).toHaveLength(20)
  },
)

const at = (value: Json, path: string): Json =>
  path.split('.').reduce((one, part) => one?.[part], value)

test.skipIf(!client)('sweeps twenty times under AWS’s runtime client', async () => {
  const running = await start('sweeper')
  const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }
  for (let run = 0; run < 20; run += 1) {
    const { result, error } = await running.invoke(event)
    expect(error).toBeUndefined()
    expect(result).toEqual({ jobs: expect.any(Number), setAside: 0 })
  }
  await running.stop()
})

test.skipIf(!client)(
  'carries on with a batch of each kind under AWS’s runtime client',
  async () => {
    const at = await freshEvent()
    const [{ person_id }, { session_id }] = [await makePerson(at), await makeSession(at)]
    const kinds: [path: string, row: object][] = [
      ['/people/resources', { profile: { first_name: 'Ada' } }],
      ['/sessions/tracks', { track_name: 'Research' }],
      [`/sessions/resources/${session_id}/attendees`, { person_id }],
      ['/checkins', { person: person_id }],
    ]
    const going: string[] = []
    for (const [path, row] of kinds) {
      const { body } = await lateBatch(0, () => at.ask('POST', `${path}/batch`, { rows: [row] }))
      going.push(`/batches/${body.batch_id}`)
    }
    const running = await start('sweeper')
    await ripen()
    expect((await running.invoke({})).error).toBeUndefined()
    await running.stop()
    for (const path of going) {
      const { body } = await at.ask('GET', path)
      expect(body).toMatchObject({ status: 'done', report: { created: 1, failed: 0 } })
    }
  },
)

test.skipIf(!client)('numbers the records of the stream under AWS’s runtime client', async () => {
  const running = await start('feed')
  for (let batch = await nextBatch(); batch; batch = await nextBatch()) {
    const { result, error } = await running.invoke({ Records: batch.records.filter(isFollowed) })
    expect(error).toBeUndefined()
    expect(result).toEqual({ batchItemFailures: [] })
  }
  await running.stop()
  const { body } = await call('GET', `/events/${names.event}/changes`, { token: tokens.op ?? '' })
  expect(body.latest).toBeGreaterThan(5)
})

test.skipIf(!client)('writes every export under AWS’s runtime client', async () => {
  const running = await start('exporter')
  expect((await running.invoke({ due: true })).error).toBeUndefined()
  const asking = { token: tokens.op ?? '' }
  const list = () => call('GET', `/events/${names.event}/exports`, asking)
  const { organisation: org } = (await call('GET', '/me', asking)).body
  for (const { export_id: id } of (await list()).body) {
    const { error } = await running.invoke({ export: { org, event: names.event, id } })
    expect(error).toBeUndefined()
  }
  await running.stop()
  const { body } = await list()
  expect(body.map(({ status }: Json) => status)).toEqual(Array(8).fill('done'))
})

test.skipIf(!client)('asks of the table nothing that the role of the function refuses', () => {
  expect(aws.refused).toEqual([])
})

test('names every function that there is', () => {
  expect([...Object.keys(requests), ...behind].sort()).toEqual([...functionNames].sort())
})
