import type { Context } from 'aws-lambda'
import { callExport, exportsRunBy } from '#lib/http/exporting/call.ts'
import { runExport, runHere } from '#lib/http/exporting/turns.ts'
import { dueExports, type ExportPlace } from '#lib/store/exports/due.ts'

/** What is left of the time when the last store call must be over. */
const reserveMs = 10_000

exportsRunBy(runHere)

/** One export that is to be written. */
type ExportEvent = { export: ExportPlace }
/** What the schedule sends: whatever is due is called. */
type DueEvent = { due: true }

/**
 * Writes exports into files: called for each by whoever wants it, and by a schedule for those whose writer was killed and
 * those that were kept long enough.
 */
export async function handler(
  event: ExportEvent | DueEvent,
  context?: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const deadline = Date.now() + (context?.getRemainingTimeInMillis() ?? 60_000) - reserveMs
  if ('export' in event) return runExport(event.export, deadline)
  await Promise.all((await dueExports(deadline)).map(callExport))
}
