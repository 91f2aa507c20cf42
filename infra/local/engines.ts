import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { startError } from './settings.ts'

export type Place = { folder?: string | undefined; host: string; port: number }
export type Engine = {
  name: string
  /** The file of the data folder that holds everything. */
  database: string
  /** Its command line; without a folder all stays in memory. */
  line(at: Place): [string, ...string[]]
  /** What it prints when it answers; others are asked until they do. */
  says?: string
  /** A container has a network of its own already. */
  sealable: boolean
  /** Ends what a killed server has left. */
  clear?: (folder?: string) => void
}

/** The engine of DYNAMODB_ENGINE, else the first that this machine has; throws a start error when there is none. */
export function findEngine(env: NodeJS.ProcessEnv): Engine {
  const wanted = env.DYNAMODB_ENGINE || undefined
  if (wanted && !(wanted in finders)) {
    throw startError(
      `DYNAMODB_ENGINE must be one of ${Object.keys(finders).join(', ')}, not "${wanted}".`,
    )
  }
  for (const [name, find] of Object.entries(finders)) {
    const engine = !wanted || wanted === name ? find(env) : undefined
    if (engine) return engine
  }
  throw startError(CHOICES)
}

const CHOICES =
  'No DynamoDB to run on: on Linux x64 npm ci installs one (@dynoxide/linux-x64); elsewhere start docker, or set ' +
  'DYNAMODB_LOCAL_JAR to the DynamoDBLocal.jar of AWS and have java, or set DYNAMODB_ENDPOINT to one that runs.'

const finders: Record<string, (env: NodeJS.ProcessEnv) => Engine | undefined> = {
  java: (env) =>
    env.DYNAMODB_LOCAL_JAR && runs('java', '-version') ? java(env.DYNAMODB_LOCAL_JAR) : undefined,
  dynoxide,
  docker: () => (runs('docker', 'info') ? docker : undefined),
}

function dynoxide(): Engine | undefined {
  const program = dynoxideProgram()
  if (!program) return undefined
  return {
    name: 'dynoxide',
    database: 'plenary.db',
    says: 'listening on',
    sealable: true,
    line: ({ folder, host, port }) => [
      program,
      ...(folder ? ['--db-path', join(folder, 'plenary.db')] : []),
      ...['--host', host, '--port', String(port)],
    ],
  }
}

function dynoxideProgram(): string | undefined {
  try {
    const name = `@dynoxide/${process.platform}-${process.arch}/dynoxide`
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return undefined
  }
}

/** Both are DynamoDB Local, which keeps one file per folder, and which any web page may read unless it is told whose may. */
const local = (folder: string | undefined) => [
  ...[
    '-jar',
    'DynamoDBLocal.jar',
    '-sharedDb',
    '-disableTelemetry',
    '-cors',
    'http://dynamodb.invalid',
  ],
  ...(folder ? ['-dbPath', folder] : ['-inMemory']),
]
const database = 'shared-local-instance.db'

function java(jar: string): Engine {
  if (!existsSync(jar)) throw startError(`There is no file ${jar}, which DYNAMODB_LOCAL_JAR names.`)
  return {
    name: 'DynamoDB Local',
    database,
    sealable: true,
    line: ({ folder, port }) => [
      'java',
      `-Djava.library.path=${join(dirname(jar), 'DynamoDBLocal_lib')}`,
      ...local(folder).map((part) => (part === 'DynamoDBLocal.jar' ? jar : part)),
      ...['-port', String(port)],
    ],
  }
}

/** Kept data mean a fixed name, by which what a killed server left is found. */
const containerOf = (folder: string | undefined) =>
  `plenary-${Buffer.from(folder ?? String(process.pid))
    .toString('hex')
    .slice(-40)}`

const docker: Engine = {
  name: 'DynamoDB Local in docker',
  database,
  sealable: false,
  clear: (folder) =>
    spawnSync('docker', ['rm', '--force', containerOf(folder)], { stdio: 'ignore' }),
  line: ({ folder, host, port }) => [
    ...(['docker', 'run', '--rm', '--name', containerOf(folder)] as const),
    ...['--publish', `${host}:${port}:8000`],
    ...(folder ? ['--volume', `${folder}:/data`, '--user', `${process.getuid?.()}`] : []),
    'amazon/dynamodb-local',
    ...local(folder && '/data'),
  ],
}

const runs = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
