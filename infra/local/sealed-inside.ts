import { connect } from 'node:net'
import { startChild } from './child-process.ts'
import { listens } from './listening.ts'
import { sealedPort, type Told } from './sealed.ts'

// Runs inside the engine's network: starts it, opens connections to it for the server outside, and ends with either.

const [says = '', command = '', ...args] = process.argv.slice(2)
const engine = startChild(command, args)
const at = { host: '127.0.0.1', port: sealedPort }

const end = () => void engine.stop().then(() => process.exit(0))
process.on('disconnect', end)
// Nobody hears of a server that was killed while this was loaded, nor of one that was about to take a connection over:
// Node waits for its word on that before it says that the channel is closed.
setInterval(() => process.connected || end(), 200)
process.on('SIGTERM', () => {})
engine.child.once('exit', () => tell({ ended: engine.output().trim() }, () => process.exit(1)))
process.on('message', ({ socket }: { socket: number }) => {
  const opened = connect(at)
  opened.once('connect', () => process.send?.({ socket }, opened))
  opened.once('error', () => tell({ socket }))
})
if (await listens(engine, at, says)) tell({ ready: true })
else await engine.stop()

function tell(told: Told, done = () => {}): void {
  process.send?.(told, undefined, {}, done)
}
