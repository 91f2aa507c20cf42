import { chaos } from '#test/support/chaos/run.ts'

const usage = `CHAOS_SECONDS=60 CHAOS_SEED=1 npm run chaos
Many clients write to a server whose way to its engine is faulty, and both are killed meanwhile. Prints where what can be
read at the end is not what the clients were answered.`

if (process.argv.includes('--help')) {
  console.log(usage)
  process.exit(0)
}
const seconds = Number(process.env.CHAOS_SECONDS ?? 60)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const { findings, ...report } = await chaos({ seed, seconds })
for (const finding of findings) console.log(finding)
console.log(JSON.stringify(report, null, 2))
console.log(`${report.moves} moves in ${seconds} s, seed ${seed}: ${findings.length} findings.`)
process.exit(findings.length > 0 ? 1 : 0)
