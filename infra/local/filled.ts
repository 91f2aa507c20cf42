import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startError } from './settings.ts'

const markerOf = (database: string) => `${database}.filled`

/**
 * Throws when a database that has been filled is not there any more, or has nothing in it: a server that starts empty
 * and says `ready` hides the loss. A folder without the marker is new.
 */
export function requireFilled(folder: string, name: string): void {
  const database = join(folder, name)
  const marker = markerOf(database)
  const other = readdirSync(folder).find((file) => file.endsWith('.filled'))
  if (other && sizeOf(marker) === 0) {
    throw startError(
      `${folder} holds data of another engine (${other}), which this one cannot read: choose the engine with DYNAMODB_ENGINE, or another folder with DATA_DIR.`,
    )
  }
  if (sizeOf(marker) === 0 || sizeOf(database) > 0) return
  throw startError(
    `${database} is missing or empty though it has held data: put it back from a backup, or delete ${marker} to start with nothing.`,
  )
}

/** Notes beside a database that it holds a table from now on. */
export function noteFilled(folder: string, name: string): void {
  const database = join(folder, name)
  const marker = markerOf(database)
  if (sizeOf(marker) > 0) return
  writeFileSync(
    marker,
    'The database beside this file holds data; without it no server starts here.\n',
  )
}

/** 0 when there is no such file. */
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0
