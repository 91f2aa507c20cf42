import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { shippedFiles } from '#lib/http/openapi/page.ts'
import { consoleScript } from './console.ts'
import { groups } from './groups.ts'

/** Functions that no request calls. */
export const behind = ['sweeper', 'feed', 'deliver', 'exporter']

/** Every function there is: one per group, and those behind them. */
export const functionNames = [...groups.map(({ name }) => name), ...behind]

/** What a function is made of: the bytes that its start reads, and whether it needs sharp, which is not in it. */
type Bundled = { bytes: number; sharp: boolean }

/**
 * Makes <dist>/<name>/ as Lambda gets it: minified ES modules with the SDK inside, and beside them only what cannot be
 * bundled. What the code imports by `import()` is a file of its own, read at its first use: a start takes 35 ms for
 * each megabyte that it reads and does not run. Source maps go to <dist>/maps: enabled, they cost 30 ms per start.
 */
export async function bundle(
  name: string,
  dist: string,
  entry = `functions/${name}.ts`,
): Promise<Bundled> {
  const folder = join(dist, name)
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The ES module builds of the packages: a third smaller than esbuild's default on this platform.
    mainFields: ['module', 'main'],
    external: ['sharp'],
    plugins: [required, environmentCredentials, withoutStyles],
    banner: {
      js: 'import{createRequire as __require}from"node:module";const require=__require(import.meta.url);',
    },
    sourcemap: 'external',
    metafile: true,
    logLevel: 'warning',
  })
  keepMaps(folder, join(dist, 'maps', name))
  const outputs = reachable(withoutMaps(metafile.outputs))
  refuseStowaways(name, outputs)
  await bundleOnDemand(folder, Object.keys(outputs))
  if (name === 'reference') await makeReferenceFiles(folder)
  if (name === 'console') writeFileSync(join(folder, 'console.js'), await consoleScript())
  return { bytes: bytesAtStart(outputs), sharp: usesSharp(outputs) }
}

const onDemand = ['sanitize-html', 'temporal-polyfill']

/** The packages that code asks for by name when it needs them (lib/base/on-demand.ts), a file each, where Node looks. */
async function bundleOnDemand(folder: string, files: string[]): Promise<void> {
  const text = files.map((path) => readFileSync(path, 'utf8')).join('\n')
  for (const name of onDemand.filter((one) => text.includes(`"${one}"`))) {
    await build({
      entryPoints: [name],
      outfile: join(folder, 'node_modules', name, 'index.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      plugins: [withoutStyles],
      logLevel: 'warning',
    })
  }
}

const withoutMaps = (outputs: Outputs): Outputs =>
  Object.fromEntries(Object.entries(outputs).filter(([path]) => !path.endsWith('.map')))

function keepMaps(folder: string, maps: string): void {
  rmSync(maps, { recursive: true, force: true })
  mkdirSync(maps, { recursive: true })
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.map'))) {
    renameSync(join(folder, file), join(maps, file))
  }
}

type Outputs = Metafile['outputs']
type Import = Outputs[string]['imports'][number]

/** The files that the entry comes to by imports of some kind, itself among them. */
function reached(outputs: Outputs, follows: (one: Import) => boolean): Set<string> {
  const found = new Set(Object.keys(outputs).filter((path) => path.endsWith('/index.mjs')))
  for (const path of found) {
    const imports = outputs[path]?.imports.filter((one) => !one.external && follows(one)) ?? []
    for (const one of imports) found.add(one.path)
  }
  return found
}

const bytesAtStart = (outputs: Outputs): number =>
  [...reached(outputs, ({ kind }) => kind === 'import-statement')].reduce(
    (sum, path) => sum + (outputs[path]?.bytes ?? 0),
    0,
  )

/** What only code asks for that is left out of the bundle becomes a file all the same: nobody reads it. */
function reachable(outputs: Outputs): Outputs {
  const wanted = reached(outputs, () => true)
  for (const path of Object.keys(outputs)) if (!wanted.has(path)) rmSync(path)
  return Object.fromEntries(Object.entries(outputs).filter(([path]) => wanted.has(path)))
}

/**
 * Parts of Node by `require`, and of each only what is asked for: some are loaded when they are looked at, and an `import`
 * of `node:http` looks at all of it, of `fetch` too.
 */
const required = {
  name: 'required',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined
      if (kind !== 'import-statement') return { path, external: true }
      return { path, namespace: 'required', sideEffects: false }
    })
    onLoad({ filter: /./, namespace: 'required' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {})
      const parts = names.filter((name) => /^[a-z]\w*$/i.test(name) && name !== 'default')
      return {
        contents: [
          `const whole = /* @__PURE__ */ (() => require.call(undefined, ${JSON.stringify(path)}))()`,
          'export default whole',
          ...parts.map((name) => `export const ${name} = /* @__PURE__ */ (() => whole.${name})()`),
        ].join('\n'),
      }
    })
  },
} satisfies Plugin

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

/** Packages that were measured to cost too much, or that belong to this machine only. */
function refuseStowaways(name: string, outputs: Outputs): void {
  const unwanted =
    /node_modules\/(zod|aws-cdk-lib|esbuild|vitest|@dynoxide)\/|^(infra\/local|test)\//
  const found = Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => unwanted.test(path)),
  )
  if (found.length > 0) throw new Error(`the bundle of ${name} holds ${found[0]}`)
}

const usesSharp = (outputs: Outputs): boolean =>
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
