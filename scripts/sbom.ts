import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharpForLambda } from '#infra/sharp.ts'
import { command, operatorError } from './operator/sentence.ts'

type Component = { type: string; name: string; version: string; 'bom-ref'?: string }
type Dependency = { ref: string; dependsOn?: string[] }
type Bom = { components: Component[]; dependencies: Dependency[] }

// Writes what the bundles hold, as CycloneDX: npm run sbom
await command(async () => {
  const args = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only']
  const bom: Bom = JSON.parse(execFileSync('npm', args, { maxBuffer: 64 * 1024 * 1024 }).toString())
  const components = [...bom.components.filter(({ name }) => isShipped(name)), ...insideLibvips()]
  const refs = new Set(components.map((one) => one['bom-ref']))
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref) || ref.startsWith('plenary@'))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) }))
  mkdirSync('dist', { recursive: true })
  writeFileSync(
    'dist/sbom.cdx.json',
    `${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`,
  )
  console.log(`dist/sbom.cdx.json names ${components.length} packages and libraries.`)
})

/** Neither this machine's engines nor builds for other processors than Lambda's. */
function isShipped(name: string): boolean {
  if (/^(node-linux-|@dynoxide\/)/.test(name)) return false
  return !name.startsWith('@img/sharp-') || /-linux-arm64$/.test(name)
}

/** The libraries that the prebuilt libvips was made of, which npm cannot know. */
function insideLibvips(): Component[] {
  const sharp = sharpForLambda()
  if ('fault' in sharp) {
    throw operatorError(
      `npm could not fetch sharp for linux-arm64: try again with a network. npm said: ${sharp.fault}`,
    )
  }
  const file = join(sharp.folder, 'node_modules/@img/sharp-libvips-linux-arm64/versions.json')
  const versions: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(versions).map(([name, version]) => ({
    type: 'library',
    name: `libvips/${name}`,
    version,
    'bom-ref': `libvips/${name}@${version}`,
  }))
}
