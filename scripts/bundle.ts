import { statSync } from 'node:fs'
import { join } from 'node:path'
import { functionNames } from '#infra/bundle.ts'
import { bundleAll } from '#infra/bundle-all.ts'

// Builds all functions into dist/, or those that are named: npm run bundle -- people sweeper
const chosen = process.argv.slice(2)
const names = functionNames.filter((name) => chosen.length === 0 || chosen.includes(name))
const { folder, complete } = await bundleAll('dist', names)
for (const name of names) {
  const { size } = statSync(join(folder, name, 'index.js'))
  console.log(`${name.padEnd(12)} ${Math.round(size / 1024)} KB`)
}
process.exit(complete ? 0 : 1)
