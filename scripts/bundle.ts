import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, functionNames } from '#infra/bundle.ts'

// Builds all functions into dist/, or those that are named: node scripts/bundle.ts people sweeper

const chosen = process.argv.slice(2)
for (const name of functionNames) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const { bytes, sharp } = await bundle(name, 'dist')
  if (sharp) cpSync(sharpForLambda('dist/.sharp'), join('dist', name), { recursive: true })
  console.log(`${name.padEnd(12)} ${Math.round(bytes / 1024)} KB${sharp ? ' and sharp' : ''}`)
}

/** A folder with node_modules for Lambda's processor, whatever this machine is. */
function sharpForLambda(folder: string): string {
  const wanted = JSON.parse(readFileSync('package.json', 'utf8')).dependencies.sharp
  const native = join(folder, 'node_modules/@img/sharp-linux-arm64/package.json')
  const installed = join(folder, 'node_modules/sharp/package.json')
  const isThere =
    existsSync(native) &&
    existsSync(installed) &&
    JSON.parse(readFileSync(installed, 'utf8')).version === wanted
  if (isThere) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const target = ['--os=linux', '--cpu=arm64', '--libc=glibc']
  const quiet = ['--ignore-scripts', '--no-package-lock', '--no-save', '--no-audit', '--no-fund']
  const args = ['install', '--prefix', folder, ...target, ...quiet, '--silent', `sharp@${wanted}`]
  execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  // Without these flags npm says nothing, and the function would die on its first picture.
  if (!existsSync(native)) throw new Error('sharp was not installed for linux-arm64')
  return folder
}
