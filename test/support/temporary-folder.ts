import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One temporary folder for the run, removed with all that killed workers leave in it. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-test-'))
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
