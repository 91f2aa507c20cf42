import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Claims a data folder for this process; undefined when a living server holds it, and then the
 * answer is in `holder`. What a killed server left behind is taken over.
 */
export function lockFolder(folder: string): { release?: () => void; holder?: number } {
  const file = join(folder, 'server.lock')
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return { release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    const holder = Number(read(file))
    if (isServer(holder)) return { holder }
    rmSync(file, { force: true })
  }
  return { holder: Number(read(file)) }
}

/** A number alone proves nothing: after a restart of the machine it may be another program's. */
function isServer(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return isCode(error, 'EPERM')
  }
  const command = read(`/proc/${pid}/cmdline`)
  return command === '' || command.includes('start.ts')
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
