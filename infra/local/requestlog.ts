import { createWriteStream, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const maxBytes = 50 * 1024 * 1024

/** Takes the functions' log lines into a file; a full disk costs lines, never answers. */
export function openRequestLog(folder: string): (line: string) => void {
  const file = join(folder, 'requests.log')
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > maxBytes) renameSync(file, `${file}.1`)
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  stream.on('error', () => {})
  return (line) => void stream.write(`${line}\n`)
}
