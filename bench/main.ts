import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setLogSink } from '#lib/base/log.ts'
import { engines } from '#test/support/engines.ts'

/** Every measure of the project in one run, as ratios or counts against their limits; exits 1 over a limit. */
await engines()
setLogSink(() => undefined)
const { benches } = await import('./all.ts')

const wanted = process.argv.slice(2)
let over = 0
const path = new URL('results.json', import.meta.url)
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
const { model = 'unknown' } = cpus()[0] ?? {}
const machine = `${cpus().length} × ${model}, Node ${process.version}, ${process.platform}`
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const measures = await bench()
  // Each bench keeps the machine of its own run; those that did not run stay as they were.
  results[name] = { at: new Date().toISOString().slice(0, 10), machine, measures }
  for (const { name: what, value, limit, unit } of measures) {
    const isOver = value > limit
    if (isOver) over += 1
    console.log(
      `${isOver ? 'OVER' : 'ok  '}  ${what}: ${value.toFixed(2)} ${unit} (at most ${limit})`,
    )
  }
}
writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`)
process.exit(over > 0 ? 1 : 0)
