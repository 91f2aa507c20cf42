import { spawn } from 'node:child_process'
import { connection } from './login.ts'

const openers: Record<string, string> = { darwin: 'open', win32: 'explorer' }

/** Opens the reference in a browser, and prints its address for whoever has none here. */
export async function open(): Promise<void> {
  const address = new URL('/api/v2/', connection().url).href
  process.stdout.write(`${address}\n`)
  const opener = openers[process.platform] ?? 'xdg-open'
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}
