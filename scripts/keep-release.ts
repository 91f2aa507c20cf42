import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { seedDemo } from '#infra/local/demo.ts'
import { loadHandlers } from '#infra/local/functions.ts'
import { startGateway } from '#infra/local/gateway.ts'
import { setLogSink } from '#lib/base/log.ts'
import { acceptToken } from '#lib/store/write/tokens.ts'
import { engines } from '#test/support/engines.ts'
import { allRows } from '#test/support/wire-rows.ts'

// Keeps the demo's rows as this release writes them, for the tests of the next: npm run keep-release
const token = `plk_${'a'.repeat(26)}_keptforthetestsoflaterreleases`
const { dynamodbEndpoint, s3 } = await engines()
setLogSink(() => undefined)
const gateway = await startGateway({
  port: 0,
  handlers: await loadHandlers(),
  objects: s3.objects,
})
await acceptToken(token)
await seedDemo({ url: `http://127.0.0.1:${gateway.port}`, token })
const rows = await allRows(dynamodbEndpoint, process.env.TABLE_NAME ?? '')
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const file = `test/long/release/${version}.json.gz`
writeFileSync(file, gzipSync(JSON.stringify({ token, rows }), { level: 9 }))
console.log(`${file}: ${rows.length} rows`)
process.exit(0)
