import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Another npm at work, or a registry that is short of breath: tried again after these pauses. */
const pausesMs = [0, 2_000, 6_000]

/**
 * A folder with sharp for Lambda's processor, whatever this machine is; or, where npm cannot fetch it, what npm said.
 * It is kept beside the bundles, so that only the first bundling needs a network.
 */
export function sharpForLambda(): { folder: string } | { fault: string } {
  const version: string = JSON.parse(readFileSync('package.json', 'utf8')).dependencies.sharp
  const folder = resolve('dist/.sharp', `${version}-linux-arm64`)
  let fault = ''
  for (const pause of pausesMs) {
    if (existsSync(folder)) return { folder }
    sleep(pause)
    fault = fetchInto(folder, version)
    if (!fault) return { folder }
  }
  return { fault }
}

/** Empty when all went well, else what npm said. */
function fetchInto(folder: string, version: string): string {
  const making = `${folder}.${process.pid}`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  const fault = install(making, version) || missingPart(making)
  try {
    if (!fault) renameSync(making, folder)
  } catch (error) {
    // Whoever made it meanwhile made the same.
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return fault
}

/** Without the flags npm says nothing, and the function would die on its first picture. */
const missingPart = (folder: string): string =>
  existsSync(join(folder, 'node_modules/@img/sharp-linux-arm64/package.json'))
    ? ''
    : 'npm left out the part for linux-arm64.'

function install(folder: string, version: string): string {
  const target = ['--os=linux', '--cpu=arm64', '--libc=glibc']
  const quiet = ['--ignore-scripts', '--no-package-lock', '--no-save', '--no-audit', '--no-fund']
  const patience = ['--prefer-offline', '--fetch-retries=2', '--fetch-retry-mintimeout=500']
  const args = [
    'install',
    '--prefix',
    folder,
    ...target,
    ...quiet,
    ...patience,
    '--fetch-retry-maxtimeout=4000',
  ]
  const npm = spawnSync('npm', [...args, '--loglevel=error', `sharp@${version}`], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (npm.error) return `npm: ${npm.error.message}`
  return npm.status === 0 ? '' : npm.stderr.trim() || `npm ended with ${npm.status ?? npm.signal}.`
}

/** cdk reads what its app prints when it ends, so nothing is gained by doing other things meanwhile. */
const sleep = (ms: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
