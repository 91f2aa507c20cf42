import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { groups } from '#infra/groups.ts'
import { pageFiles } from '#lib/http/openapi-page.ts'

// Makes dist/<function>/ as Lambda gets it: one minified CommonJS file with the SDK inside, and beside
// it only what cannot be bundled. Source maps stay in dist/maps: enabled, they cost 30 ms per start.

const dist = 'dist'
const names = [...groups.map(({ name }) => name), 'sweeper']
const chosen = new Set(process.argv.slice(2))

async function bundle(name: string): Promise<void> {
  const folder = join(dist, name)
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [`functions/${name}.ts`],
    outfile: join(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The ES module builds of the packages: a third smaller than esbuild's default on this platform.
    mainFields: ['module', 'main'],
    external: ['sharp'],
    plugins: [environmentCredentials],
    // CommonJS has no import.meta.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__url' },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
    sourcemap: 'external',
    metafile: true,
    logLevel: 'warning',
  })
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}')
  mkdirSync(join(dist, 'maps'), { recursive: true })
  renameSync(join(folder, 'index.js.map'), join(dist, 'maps', `${name}.js.map`))
  refuseStowaways(name, metafile)
  if (usesSharp(metafile)) cpSync(sharpForLambda(), folder, { recursive: true })
  if (name === 'reference') copyReferencePage(folder)
  const size = metafile.outputs[join(folder, 'index.js')]?.bytes ?? 0
  console.log(`${name.padEnd(12)} ${String(Math.round(size / 1024)).padStart(5)} KB`)
}

/** Lambda's credentials come by environment: the SDK's eight other ways are 130 KB to load. */
const environmentCredentials = {
  name: 'environment-credentials',
  setup({ onResolve, onLoad }) {
    const filter = /^@aws-sdk\/credential-provider-node$/
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'environment-credentials' }))
    onLoad({ filter, namespace: 'environment-credentials' }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'`,
      resolveDir: '.',
    }))
  },
} satisfies Plugin

/** Packages that were measured to cost too much, or that belong to this machine only. */
function refuseStowaways(name: string, { inputs }: Metafile): void {
  const unwanted =
    /node_modules\/(zod|aws-cdk-lib|esbuild|vitest|@dynoxide)\/|^(infra\/local|test)\//
  const found = Object.keys(inputs).filter((path) => unwanted.test(path))
  if (found.length > 0) throw new Error(`the bundle of ${name} holds ${found[0]}`)
}

const usesSharp = ({ outputs }: Metafile): boolean =>
  Object.values(outputs).some(({ imports }) =>
    imports.some(({ path, external }) => external && path === 'sharp'),
  )

/** A folder with node_modules for Lambda's processor, whatever this machine is. */
function sharpForLambda(): string {
  const folder = join(dist, '.sharp')
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const wanted = `sharp@${dependencies.sharp}`
  const native = join(folder, 'node_modules/@img/sharp-linux-arm64/package.json')
  const installed = join(folder, 'node_modules/sharp/package.json')
  const isThere =
    existsSync(native) &&
    existsSync(installed) &&
    JSON.parse(readFileSync(installed, 'utf8')).version === dependencies.sharp
  if (isThere) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const target = ['--os=linux', '--cpu=arm64', '--libc=glibc']
  const quiet = ['--ignore-scripts', '--no-package-lock', '--no-save', '--no-audit', '--no-fund']
  execFileSync('npm', ['install', '--prefix', folder, ...target, ...quiet, '--silent', wanted], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  // Without these flags npm says nothing, and the function would die on its first picture.
  if (!existsSync(native)) throw new Error('sharp was not installed for linux-arm64')
  return folder
}

function copyReferencePage(folder: string): void {
  for (const file of Object.keys(pageFiles)) {
    cpSync(join('node_modules/swagger-ui-dist', file), join(folder, 'swagger-ui', file))
  }
}

for (const name of names) {
  if (chosen.size > 0 && !chosen.has(name)) continue
  await bundle(name)
}
