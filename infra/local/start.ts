import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { type Access, printBanner, printServed } from './console.ts'
import { createTable, type Dynamo, startDynamo } from './dynamodb.ts'
import { findEngine } from './engines.ts'
import { noteFilled, requireFilled } from './filled.ts'
import { keepFollowing } from './following.ts'
import { loadHandlers } from './functions.ts'
import { startGateway } from './gateway.ts'
import { lockFolder } from './lock.ts'
import { openRequestLog } from './requestlog.ts'
import { startS3 } from './s3.ts'
import { ownToken, readSettings, type Settings, startError } from './settings.ts'
import { switchOnStream } from './stream.ts'
import { tendStream } from './stream-store.ts'
import { keepRunning } from './sweeping.ts'
import { useTokenKey } from './token-key.ts'

const graceMs = 5_000

/** What was started, to be ended in the opposite order. */
const endings: (() => unknown)[] = []
let ending = false
let seeding = false

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0))
// What the engines write is nobody else's to read.
process.umask(0o077)
endWithNpm()
start(process.env).catch((error) => {
  // Told to end in the middle of its start, it has no server to ask any more.
  if (ending) return
  console.error(error instanceof Error && error.name === 'StartError' ? error.message : error)
  return end(1)
})

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(env)
  const { folder } = settings
  await claim(folder)
  const stream = await startEngines(folder)
  const objects = await startObjects(folder)
  const handlers = await loadHandlers()
  const { setLogSink } = await import('#lib/base/log.ts')
  setLogSink(openRequestLog(folder))
  const gateway = await listening(
    startGateway({
      ...settings,
      handlers,
      objects,
      onServed: (...served) => seeding || printServed(...served),
      onError: console.error,
    }),
    settings.port,
  )
  endings.push(() => gateway.stop(graceMs))
  const url = `http://127.0.0.1:${gateway.port}`
  process.env.PICTURES_URL = url
  const access = await admit(settings)
  await startFeed(stream, folder)
  await startWebhooks(stream, folder)
  await startExports()
  if (settings.demo) await seed(url, access)
  await startSweeper()
  const { webhooksToLoopback } = await import('#lib/base/config.ts')
  printBanner(url, { folder, store: stream.store, loopback: webhooksToLoopback() }, access)
  console.log(`ready ${url}`)
}

async function claim(folder: string): Promise<void> {
  let { release, holder } = usable(folder)
  // The one before may be on its way out.
  for (let waited = 0; !release && waited < 2_000; waited += 100) {
    await sleep(100)
    ;({ release, holder } = lockFolder(folder))
  }
  if (!release) {
    throw startError(
      `Another server (process ${holder}) uses ${folder}: stop it, or choose another folder with DATA_DIR.`,
    )
  }
  endings.push(release)
}

/** Makes the folder when it is not there, and tries to claim it. */
function usable(folder: string): ReturnType<typeof lockFolder> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return lockFolder(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw startError(
      `${folder} cannot hold data (${error.code}): choose a folder that can be written with DATA_DIR.`,
    )
  }
}

async function startEngines(folder: string) {
  const engine = process.env.DYNAMODB_ENDPOINT ? undefined : findEngine(process.env)
  if (engine) requireFilled(folder, engine.database)
  const dynamo = await startDynamo({ folder, seal: true, ...(engine && { engine }) })
  endings.push(dynamo.stop)
  if (dynamo.agent) (await import('#lib/table/client.ts')).connectBy(dynamo.agent)
  dynamo.ended.then((output) => {
    console.error(`The DynamoDB engine ended unexpectedly. ${output}`)
    return end(1)
  })
  process.env.DYNAMODB_ENDPOINT = dynamo.endpoint
  process.env.TABLE_NAME ||= 'plenary'
  await createTable(dynamo.endpoint, process.env.TABLE_NAME)
  const arn = await switchOnStream(dynamo.endpoint, process.env.TABLE_NAME)
  if (engine) {
    noteFilled(folder, engine.database)
    await useTokenKey(folder, { endpoint: dynamo.endpoint, name: process.env.TABLE_NAME })
  }
  if (engine?.name === 'dynoxide') endings.push(tendStream(join(folder, engine.database)))
  const store = storeLine(engine?.name, dynamo)
  return { endpoint: dynamo.endpoint, arn, store }
}

const storeLine = (engine: string | undefined, { endpoint, agent }: Dynamo): string => {
  if (!engine) return endpoint
  return agent
    ? `${engine}, for this server only`
    : `${engine}; no namespaces here, so other users of this machine can reach it`
}

async function startObjects(folder: string) {
  const bucket = 'plenary-pictures'
  const s3 = await startS3(join(folder, 'pictures'), bucket)
  endings.push(s3.stop)
  // Never the keys of a real account: everything here is on this machine.
  delete process.env.AWS_SESSION_TOKEN
  Object.assign(process.env, {
    S3_ENDPOINT: s3.endpoint,
    BUCKET_NAME: bucket,
    AWS_ACCESS_KEY_ID: s3.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.keys.secretAccessKey,
  })
  return s3.objects
}

async function listening<T>(started: Promise<T>, port: number): Promise<T> {
  try {
    return await started
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error
    throw startError(
      `Port ${port} on 127.0.0.1 is taken or not allowed: choose another one, for example PORT=${port + 1} npm start.`,
    )
  }
}

async function admit({ tokens, folder }: Settings): Promise<Access[]> {
  const { acceptToken } = await import('#lib/store/write/tokens.ts')
  const access: Access[] = []
  for (const token of tokens ?? [ownToken(folder)]) {
    access.push({ token, ...(await acceptToken(token)) })
  }
  return access
}

async function seed(url: string, [first]: Access[]): Promise<void> {
  const file = new URL('./demo.ts', import.meta.url)
  if (!first || !existsSync(file)) return
  const { seedDemo } = (await import(file.href)) as {
    seedDemo: (options: Access & { url: string }) => Promise<void>
  }
  // Hundreds of lines that nobody asked for would push the banner away.
  seeding = true
  await seedDemo({ ...first, url })
  seeding = false
}

async function startSweeper(): Promise<void> {
  const { sweep } = await import('#functions/sweeper.ts')
  const sweeping = keepRunning(sweep, console.error)
  endings.push(sweeping.stop)
}

async function startFeed(stream: Parameters<typeof keepFollowing>[0], folder: string) {
  const { handler } = await import('#functions/feed.ts')
  const { isFollowed } = await import('#lib/store/feed/followed.ts')
  const feed = {
    name: 'Feed',
    handler: (event: DynamoDBStreamEvent) => handler(event),
    takes: isFollowed,
  }
  endings.push(keepFollowing(stream, folder, feed, console.error).stop)
}

/** Woken by the feed, and every second by what is to be tried again: the schedule's part. */
async function startWebhooks(stream: Parameters<typeof keepFollowing>[0], folder: string) {
  const { handler } = await import('#functions/deliver.ts')
  const { isWaking } = await import('#lib/store/webhooks/due.ts')
  const { turnsEnd } = await import('#lib/http/delivery/turns.ts')
  const webhooks = {
    name: 'Webhooks',
    handler: (event: DynamoDBStreamEvent) => handler(event),
    takes: isWaking,
  }
  const due = setInterval(() => void handler({ due: true }).catch(console.error), 1_000)
  endings.push(() => Promise.race([turnsEnd(), sleep(graceMs)]))
  endings.push(keepFollowing(stream, folder, webhooks, console.error).stop)
  endings.push(() => clearInterval(due))
}

/** The schedule's part, every second; what was being written when the server before this one ended is begun anew. */
async function startExports() {
  const { endLeases } = await import('#lib/store/exports/take.ts')
  await endLeases(Date.now() + graceMs).catch(console.error)
  const { handler } = await import('#functions/exporter.ts')
  const due = setInterval(() => void handler({ due: true }).catch(console.error), 1_000)
  endings.push(() => clearInterval(due))
}

/** npm hands SIGTERM on, but kill -9 of npm would leave this process behind, with port and folder. */
function endWithNpm(): void {
  const parent = process.ppid
  if (!process.env.npm_lifecycle_event) return
  setInterval(() => {
    if (process.ppid !== parent) void end(0)
  }, 200).unref()
}

/** Last started, first ended; a signal that comes again changes nothing. */
async function end(code: number): Promise<void> {
  if (ending) return
  ending = true
  for (const stop of endings.reverse()) {
    try {
      await stop()
    } catch (error) {
      console.error(error)
    }
  }
  process.exit(code)
}
