import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Batch } from './batches.ts'

type Kept = { file: string; run: string; rows: number }

/**
 * Where an import of a file stands: `rows` of it are done in the run `run`. Kept beside the file until the import ends, and
 * forgotten when file or command are others.
 */
export function openPlace(file: string, command: object) {
  const path = `${file}.progress`
  const identity = file === '-' ? '' : identityOf(file, command)
  const found = file !== '-' && existsSync(path) ? read(path) : undefined
  const kept = found?.file === identity ? found : { file: identity, run: randomUUID(), rows: 0 }
  let { rows } = kept
  const keep = () => {
    if (file !== '-') writeFileSync(path, JSON.stringify({ ...kept, rows } satisfies Kept))
  }
  keep()
  const ended = new Map<number, number>()
  const done = ({ first, rows: { length } }: Batch) => {
    ended.set(first - 1, length)
    // Batches end in any order: the place is behind those that have all ended.
    for (let more = ended.get(rows); more !== undefined; more = ended.get(rows)) {
      ended.delete(rows)
      rows += more
    }
    keep()
  }
  return { rows, run: kept.run, done, close: () => rmSync(path, { force: true }) }
}

function identityOf(file: string, command: object): string {
  const { size, mtimeMs } = statSync(file)
  return createHash('sha256')
    .update(JSON.stringify([size, mtimeMs, command]))
    .digest('base64url')
}

function read(path: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
