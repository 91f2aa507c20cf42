import { randomUUID } from 'node:crypto'
import { nowMillis } from '#lib/base/time.ts'
import {
  begun,
  type Export,
  ended,
  givenBack,
  isAlive,
  isEnded,
  isOver,
  mostAttempts,
} from '#lib/model/export.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { dueExports } from './due.ts'
import { findExport, note, removeExport } from './exports.ts'

/** `gone`: there is nothing any more to look at. */
export type Taken = Export | 'gone' | 'nothing'

/**
 * Makes the caller the one who writes an export, unless somebody does who lives, or nothing is left to be written: what is
 * kept long enough goes, and what was begun too often is told failed.
 */
export async function takeExport(scope: EventScope, id: string): Promise<Taken> {
  const found = await findExport(scope, id)
  if (!found) return 'gone'
  const now = nowMillis()
  if (isEnded(found)) {
    if (isOver(found, now)) await unlessRaced(removeExport(scope, found))
    return 'nothing'
  }
  if (isAlive(found, now)) return 'nothing'
  if (found.attempts >= mostAttempts) {
    await unlessRaced(note(scope, found, ended(found, gaveUp, now)))
    return 'nothing'
  }
  return (await unlessRaced(note(scope, found, begun(found, randomUUID(), now)))) ?? 'nothing'
}

const gaveUp = 'It was begun five times and did not come to an end: export again.'

/** What the writer could not finish is begun anew, by whoever looks at it next. */
export async function giveBack(scope: EventScope, taken: Export): Promise<void> {
  await unlessRaced(note(scope, taken, givenBack(taken, false)))
}

/** Takes the leases of writers that are known to be dead: those of a server before this one. */
export async function endLeases(deadline: number): Promise<void> {
  for (const place of await dueExports(deadline)) {
    const at = await eventAt(place, deadline)
    const one = at && (await findExport(at.scope, place.id))
    if (at && one?.status === 'running') await giveBack(at.scope, one)
  }
}

/** Of two who do the same at once, one has done it. */
function unlessRaced<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error) => {
    if (error instanceof VersionConflict) return undefined
    throw error
  })
}
