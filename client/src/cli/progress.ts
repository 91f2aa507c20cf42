/** Shows how far an import has come, in place on a terminal, else every ten seconds a line. */
export function startProgress(done: number): {
  add: (rows: number, failed: number) => void
  end: () => void
} {
  const start = Date.now()
  const { isTTY, columns = 80 } = process.stderr
  let [rows, shown] = [done, start]
  const show = (failed: number) => {
    const seconds = (Date.now() - start) / 1000
    const rate = Math.round((rows - done) / Math.max(seconds, 0.001))
    const line = `${rows} rows  ${rate}/s${failed > 0 ? `  ${failed} refused` : ''}`
    process.stderr.write(
      isTTY ? `\r${line.slice(0, columns - 1).padEnd(columns - 1)}` : `${line}\n`,
    )
  }
  return {
    add: (count, failed) => {
      rows += count
      if (!isTTY && Date.now() - shown < 10_000) return
      shown = Date.now()
      show(failed)
    },
    end: () => {
      if (isTTY) process.stderr.write('\n')
    },
  }
}
