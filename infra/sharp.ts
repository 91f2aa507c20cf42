import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * A folder with sharp for Lambda's processor, whatever this machine is; undefined where npm cannot fetch it.
 * It is kept beside the bundles, so that only the first bundling needs a network.
 */
export function sharpForLambda(): string | undefined {
  const version: string = JSON.parse(readFileSync('package.json', 'utf8')).dependencies.sharp
  const folder = resolve('dist/.sharp', `${version}-linux-arm64`)
  if (existsSync(folder)) return folder
  const making = `${folder}.${process.pid}`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  try {
    install(making, version)
  } catch {
    rmSync(making, { recursive: true, force: true })
    return undefined
  }
  // Without the flags npm says nothing, and the function would die on its first picture.
  if (!existsSync(join(making, 'node_modules/@img/sharp-linux-arm64/package.json'))) {
    throw new Error('sharp was not installed for linux-arm64')
  }
  renameSync(making, folder)
  return folder
}

function install(folder: string, version: string): void {
  const target = ['--os=linux', '--cpu=arm64', '--libc=glibc']
  const quiet = ['--ignore-scripts', '--no-package-lock', '--no-save', '--no-audit', '--no-fund']
  const patience = ['--prefer-offline', '--fetch-retries=1', '--fetch-retry-maxtimeout=2000']
  const args = ['install', '--prefix', folder, ...target, ...quiet, ...patience, '--silent']
  execFileSync('npm', [...args, `sharp@${version}`], { stdio: 'ignore', timeout: 120_000 })
}
