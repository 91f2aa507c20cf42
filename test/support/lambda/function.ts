import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runtimeApi } from './runtime-api.ts'

const version = '4.0.2'

/**
 * The folder of AWS's runtime interface client: AWS_LAMBDA_RIC with its native half built, or as npm has it
 * without running its install scripts. undefined where npm cannot fetch it.
 */
export function runtimeClient(): string | undefined {
  if (process.env.AWS_LAMBDA_RIC) return process.env.AWS_LAMBDA_RIC
  const folder = resolve('dist/.ric', version)
  const client = join(folder, 'node_modules/aws-lambda-ric')
  if (existsSync(client)) return client
  const making = `${folder}.${process.pid}`
  mkdirSync(making, { recursive: true })
  const quiet = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--silent']
  try {
    execFileSync('npm', ['install', '--prefix', making, ...quiet, `aws-lambda-ric@${version}`])
    renameSync(making, folder)
  } catch {
    return undefined
  }
  return client
}

/** Starts a built function as Lambda does: its folder, its handler, Lambda's variables, its own, and no others. */
export async function startFunction(options: {
  name: string
  folder: string
  client: string
  cloudPort: number
  environment: Record<string, string>
}) {
  const { name, folder, client, cloudPort, environment } = options
  const arn = `arn:aws:lambda:eu-central-1:111111111111:function:${name}`
  const api = await runtimeApi(arn)
  const child = spawn(process.execPath, [join(client, 'index.mjs')], {
    cwd: folder,
    env: { ...reserved(name, folder, api.host), ...environment, ...preload(cloudPort) },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const ended = new Promise<never>((_, reject) => {
    child.on('exit', (code) => reject(new Error(`${name} ended (${code}): ${output}`)))
  })
  ended.catch(() => undefined)
  const stop = async () => {
    child.kill('SIGKILL')
    await api.stop()
  }
  const invoke = (event: unknown) => Promise.race([api.invoke(event), ended])
  return { invoke, output: () => output, stop }
}

const preload = (port: number) => ({
  NODE_OPTIONS: `--require ${resolve('test/support/lambda/preload.cjs')}`,
  PRELOAD_CLOUD_PORT: String(port),
})

/** The variables that Lambda itself sets; the access key tells whose role calls. */
const reserved = (name: string, folder: string, host: string): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: name,
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_RUNTIME_API: host,
  LAMBDA_TASK_ROOT: folder,
  LAMBDA_RUNTIME_DIR: '/var/runtime',
  _HANDLER: 'index.handler',
})
