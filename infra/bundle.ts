import { cpSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { shippedFiles } from '#lib/http/openapi/page.ts'
import { consoleScript } from './console.ts'
import { groups } from './groups.ts'

/** Functions that no request calls. */
export const behind = ['sweeper', 'feed', 'deliver', 'exporter']

/** Every function there is: one per group, and those behind them. */
export const functionNames = [...groups.map(({ name }) => name), ...behind]

/**
 * Makes <dist>/<name>/ as Lambda gets it: one minified CommonJS file with the SDK inside, and beside it
 * only what cannot be bundled. The source map goes to <dist>/maps: enabled, it costs 30 ms per start.
 * Gives the bytes of the file and whether the function needs sharp, which is not in it.
 */
export async function bundle(
  name: string,
  dist: string,
  entry = `functions/${name}.ts`,
): Promise<{ bytes: number; sharp: boolean }> {
  const folder = join(dist, name)
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The ES module builds of the packages: a third smaller than esbuild's default on this platform.
    mainFields: ['module', 'main'],
    external: ['sharp'],
    plugins: [environmentCredentials, withoutStyles, apart],
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
  if (isApart(metafile)) await bundleApart(folder)
  if (name === 'reference') await makeReferenceFiles(folder)
  if (name === 'console') writeFileSync(join(folder, 'console.js'), await consoleScript())
  return { bytes: statSync(join(folder, 'index.js')).size, sharp: usesSharp(metafile) }
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

/** sanitize-html parses styles by postcss, 100 KB; no style is allowed, so it never asks (lib/base/html.ts). */
const withoutStyles = {
  name: 'without-styles',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^postcss$/ }, ({ path }) => ({ path, namespace: 'without-styles' }))
    onLoad({ filter: /^postcss$/, namespace: 'without-styles' }, () => ({
      contents: 'exports.parse = () => { throw new Error("styles are not parsed") }',
    }))
  },
} satisfies Plugin

/** What few requests need is a file of its own, read at its first use: the verifier of issuers' tokens, 65 KB. */
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /^jose$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './jose.js', external: true } : undefined,
    )
  },
} satisfies Plugin

const isApart = ({ outputs }: Metafile): boolean =>
  Object.values(outputs).some(({ imports }) => imports.some(({ path }) => path === './jose.js'))

const bundleApart = (folder: string) =>
  build({
    stdin: { contents: "export * from 'jose'", resolveDir: '.' },
    outfile: join(folder, 'jose.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    logLevel: 'warning',
  })

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

async function makeReferenceFiles(folder: string): Promise<void> {
  const filter = (path: string) => !path.endsWith('.map')
  for (const file of shippedFiles) {
    const from = join('node_modules/@scalar/api-reference/dist/browser', file)
    cpSync(from, join(folder, 'scalar', file), { recursive: true, filter })
  }
  const { documentText, guidesText } = await import('#functions/every-route.ts')
  writeFileSync(join(folder, 'openapi.json'), documentText())
  writeFileSync(join(folder, 'guides.json'), guidesText())
}
