import { setLogSink } from '#lib/base/log.ts'
import { engines } from '#test/support/engines.ts'

/** Every measure of the project in one run, as ratios or counts against their limits; exits 1 over a limit. */
await engines()
setLogSink(() => undefined)
const { benches } = await import('./all.ts')

const wanted = process.argv.slice(2)
let over = 0
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const { name: what, value, limit, unit } of await bench()) {
    const isOver = value > limit
    if (isOver) over += 1
    console.log(
      `${isOver ? 'OVER' : 'ok  '}  ${what}: ${value.toFixed(2)} ${unit} (at most ${limit})`,
    )
  }
}
process.exit(over > 0 ? 1 : 0)
