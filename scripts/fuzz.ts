import { parseArgs } from 'node:util'
import { setLogSink } from '#lib/base/log.ts'
import { engines } from '#test/support/engines.ts'

const usage = `npm run fuzz -- [--count 1000] [--seed n] [--only part-of-an-operation-id] [--bytes]
Sends requests made of the OpenAPI document to the handlers, and prints what the document does not know.
--bytes: over a socket, after slips in their very bytes.`

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    bytes: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

await engines()
setLogSink((line) => line.includes('"level":"error"') && console.error(line))
const { fuzz } = await import('#test/support/fuzz/run.ts')

const [seed, count] = [Number(values.seed), Number(values.count)]
const start = performance.now()
const onProgress = (done: number) => done % 5_000 === 0 && console.error(`${done} of ${count}`)
if (values.bytes) {
  const { fuzzBytes } = await import('#test/support/fuzz/raw.ts')
  const { findings, requests, statuses } = await fuzzBytes({
    seed,
    count,
    only: values.only,
    onProgress,
  })
  for (const { index, sent, fault } of findings) {
    console.log(
      `\nrequest ${index}: ${fault}\n  ${JSON.stringify(sent.toString('latin1')).slice(0, 1_000)}`,
    )
  }
  console.log(`\n${requests} requests, seed ${seed}: ${findings.length} findings.`)
  console.log(JSON.stringify(statuses))
  process.exit(findings.length > 0 ? 1 : 0)
}
const report = await fuzz({ seed, count, only: values.only, onProgress })
for (const { route, principal, world, index, sent, fault } of report.findings) {
  const { method, url, headers, body } = sent
  console.log(
    `\n${route} as ${principal} (world ${world}, request ${index}): ${fault?.slice(0, 600)}`,
  )
  console.log(`  ${method} ${url.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}`)
  if (body !== undefined) console.log(`  ${String(body).slice(0, 400)}`)
}
const seconds = Math.round((performance.now() - start) / 1000)
console.log(
  `\n${report.requests} requests to ${report.routes} routes in ${seconds} s, seed ${seed}: ${report.findings.length} findings.`,
)
console.log(JSON.stringify(report.statuses))
process.exit(report.findings.length > 0 ? 1 : 0)
