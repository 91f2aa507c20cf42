import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from '#infra/local/child-process.ts'
import { findEngine } from '#infra/local/engines.ts'
import { listens } from '#infra/local/listening.ts'
import { freePort } from '#test/support/server.ts'

/** An engine on a folder that can be killed and started again under the same address. */
export async function restartableEngine(folder: string) {
  const engine = findEngine(process.env)
  const at = { folder, host: '127.0.0.1', port: await freePort() }
  let child: Child | undefined
  const start = async () => {
    const [command, ...args] = engine.line(at)
    // For a moment its port may be that of somebody's connection.
    for (let tries = 1; ; tries += 1) {
      child = startChild(command, args)
      if (await listens(child, at, engine.says)) return
      await child.stop()
      if (tries === 20) throw new Error(`no engine: ${child.output()}`)
      await sleep(500)
    }
  }
  const kill = async () => child?.stop()
  await start()
  return { port: at.port, endpoint: `http://${at.host}:${at.port}`, start, kill }
}
