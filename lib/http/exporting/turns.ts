import { log } from '#lib/base/log.ts'
import { isEnded } from '#lib/model/export.ts'
import { dropPlace, type ExportPlace } from '#lib/store/exports/due.ts'
import { findExport } from '#lib/store/exports/exports.ts'
import { giveBack, takeExport } from '#lib/store/exports/take.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { writeExport } from './write.ts'

/** Where it is no Lambda: as long as one may run there, and so many at once. */
const runMs = 15 * 60_000
const atOnce = 2

const running = new Map<string, Promise<void>>()
const waiting = new Map<string, ExportPlace>()

/** Writes an export in this process, beside whatever else goes on. */
export function runHere(place: ExportPlace): void {
  if (!running.has(place.id)) waiting.set(place.id, place)
  beginSome()
}

function beginSome(): void {
  for (const [id, place] of waiting) {
    if (running.size >= atOnce) return
    waiting.delete(id)
    const run = runExport(place, Date.now() + runMs)
      .catch((error) => report(place, error))
      .finally(() => {
        running.delete(id)
        beginSome()
      })
    running.set(id, run)
  }
}

/** Resolves when none is written in this process, and none waits for its turn. */
export async function exportsEnd(): Promise<void> {
  while (running.size > 0) await Promise.all(running.values())
}

/** Writes an export, or removes one that was kept long enough; until the deadline (milliseconds since 1970). */
export async function runExport(place: ExportPlace, deadline: number): Promise<void> {
  const at = await eventAt(place, deadline)
  if (!at) return dropPlace(place, deadline)
  const { event, scope } = at
  const taken = await takeExport(scope, place.id)
  if (taken === 'gone') return dropPlace(place, deadline)
  if (taken === 'nothing') return
  try {
    await writeExport(taken, { place, event, scope, deadline })
  } catch (error) {
    const left = await findExport(scope, place.id)
    // Whoever is erased, or deletes the event, takes it from its writer; that is no failure.
    const isMine = left?.lease?.by === taken.lease?.by && left !== undefined && !isEnded(left)
    if (!isMine) return
    report(place, error)
    await giveBack(scope, left)
  }
}

function report({ event, id }: ExportPlace, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  log('error', 'an export was not written', { event, export: id, name, text: message, stack })
}
