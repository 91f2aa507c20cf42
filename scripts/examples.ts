import { writeFileSync } from 'node:fs'
import { setLogSink } from '#lib/base/log.ts'
import { engines } from '#test/support/engines.ts'

/**
 * Asks every route once on the demo event, and keeps what it answered for the reference
 * (`lib/http/openapi/examples.json`).
 */
await engines()
setLogSink((line) => line.includes('"level":"error"') && console.error(line))
const { examples } = await import('#test/support/examples.ts')
const { answers, missing } = await examples()
writeFileSync('lib/http/openapi/examples.json', `${JSON.stringify(answers, null, 1)}\n`)
console.log(`${Object.keys(answers).length} examples`)
for (const [id, why] of Object.entries(missing)) console.error(`${id}: ${why}`)
process.exit(Object.keys(missing).length > 0 ? 1 : 0)
