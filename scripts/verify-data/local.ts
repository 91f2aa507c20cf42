import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { startDynamo } from '#infra/local/dynamodb.ts'
import { findEngine } from '#infra/local/engines.ts'
import { lockFolder } from '#infra/local/lock.ts'
import { operatorError } from '../operator/sentence.ts'

/** An engine that this process asks, until it is told to end it. */
export type Opened = { end: () => Promise<void> }

const databaseIn = (folder: string) => {
  const engine = findEngine(process.env)
  const file = join(folder, engine.database)
  if (!existsSync(file))
    throw operatorError(`There is no database ${file}: name the folder of npm start with --data.`)
  return { engine, file }
}

/**
 * Opens a copy of the database of `npm start` as it stands at one moment; the server may go on meanwhile. Its engine lets
 * nobody else in, and need not.
 */
export async function openCopy(folder: string): Promise<Opened> {
  const { engine, file } = databaseIn(folder)
  const copy = mkdtempSync(join(tmpdir(), 'plenary-verify-'))
  const source = new DatabaseSync(file, { readOnly: true })
  try {
    source.exec('PRAGMA busy_timeout = 5000')
    await backup(source, join(copy, engine.database))
  } finally {
    source.close()
  }
  const end = await serve(copy)
  return {
    end: async () => {
      await end()
      rmSync(copy, { recursive: true, force: true })
    },
  }
}

/** Opens the database itself, to mend it: while no server uses it. */
export async function openFolder(folder: string): Promise<Opened> {
  databaseIn(folder)
  const { release, holder } = lockFolder(folder)
  if (!release)
    throw operatorError(`A server (process ${holder}) uses ${folder}: stop it before mending.`)
  const end = await serve(folder)
  return {
    end: async () => {
      await end()
      release()
    },
  }
}

async function serve(folder: string): Promise<() => Promise<void>> {
  const dynamo = await startDynamo({ folder, seal: true })
  const { connectBy } = await import('#lib/table/client.ts')
  if (dynamo.agent) connectBy(dynamo.agent)
  process.env.DYNAMODB_ENDPOINT = dynamo.endpoint
  return async () => {
    delete process.env.DYNAMODB_ENDPOINT
    await dynamo.stop()
  }
}

const longestKey = 4_096

/** The objects in the folder of `npm start`: key → when it was written. A file begins with a line that names it. */
export function objectsIn(folder: string): Map<string, number> {
  const found = new Map<string, number>()
  const pictures = join(folder, 'pictures')
  for (const name of existsSync(pictures) ? readdirSync(pictures) : []) {
    if (!name.endsWith('.object')) continue
    const line = firstLine(join(pictures, name))
    if (!line) continue
    const { key, modified } = JSON.parse(line) as { key: string; modified: string }
    found.set(key, Date.parse(modified))
  }
  return found
}

/** Nothing of a file that is gone by now. */
function firstLine(file: string): string | undefined {
  try {
    const opened = openSync(file, 'r')
    const bytes = Buffer.alloc(longestKey)
    const size = readSync(opened, bytes, 0, longestKey, 0)
    closeSync(opened)
    return bytes.toString('utf8', 0, size).split('\n', 1)[0]
  } catch {
    return undefined
  }
}
