import { parseArgs } from 'node:util'
import { setLogSink } from '#lib/base/log.ts'
import { engines } from '#test/support/engines.ts'

const usage = `npm run kills -- [--only part-of-an-operation-id] [--seed n] [--seconds n]
Kills every request that writes right before and right after each of its write calls, repeats it in another process, and
prints where the end is neither that of an undisturbed request nor that of none.`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

await engines()
// Whoever is killed says so.
setLogSink(() => undefined)
process.env.TOKEN_REQUESTS = '100000'
process.env.ATTENDEE_REQUESTS = '100000'
process.env.SCANNER_REQUESTS = '100000'
const { kills } = await import('#test/support/kills/run.ts')

const start = performance.now()
const { seed, seconds } = { seed: Number(values.seed), seconds: values.seconds }
const report = await kills({
  seed,
  only: values.only,
  ...(seconds && { seconds: Number(seconds) }),
  onCase: (name, { kills, findings }) =>
    console.error(`${name}: ${kills} kills, ${findings.length} findings so far`),
})
for (const { name, kill, fault } of report.findings) console.log(`\n${name}, ${kill}: ${fault}`)
const took = Math.round((performance.now() - start) / 1_000)
console.log(
  `\n${report.routes} routes, ${report.cases} cases, ${report.writes} write calls, ${report.kills} kills in ${took} s, seed ${seed}: ${report.findings.length} findings.`,
)
process.exit(report.findings.length > 0 ? 1 : 0)
