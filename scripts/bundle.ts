import { functionNames } from '#infra/bundle.ts'
import { bundleAll } from '#infra/bundle-all.ts'

// Builds all functions into dist/, or those that are named: npm run bundle -- people sweeper
const chosen = process.argv.slice(2)
const names = functionNames.filter((name) => chosen.length === 0 || chosen.includes(name))
const { complete, bytes } = await bundleAll('dist', names)
for (const [name, read] of bytes) {
  console.log(`${name.padEnd(12)} ${Math.round(read / 1024)} KB read at its start`)
}
process.exit(complete ? 0 : 1)
