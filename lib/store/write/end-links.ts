import type { LinkChange } from '#lib/model/link.ts'
import { findMany } from '#lib/store/find-many.ts'
import { load, newChangeset } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { sets } from '#lib/store/sets.ts'
import { countWrites } from '#lib/table/count-writes.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { getRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { maxWrites, transact } from '#lib/table/transact.ts'
import { isAbout, remove, type Write } from '#lib/table/writes.ts'
/** What a session that is gone was linked with. */
export type GoneSession = { session: string; roles: Record<string, string[]>; tracks: string[] }

/** A job's name for itself while it ends links: what was decided later is never waited for by it. */
const cleanup = { id: 'clean-up', holds: new Set<string>() }

/**
 * Ends links of something that is gone, as many as one transaction holds at a time, with the rows that stood for them
 * whether or not the other side still says so. May be repeated at any point.
 */
export async function endLinks(
  scope: EventScope,
  changes: LinkChange[],
  rows: Key[] = [],
): Promise<void> {
  if (changes.length === 0) return
  const isDone = await retryOnConflict(scope, async () => {
    const changeset = newChangeset(scope, cleanup)
    await load(changeset, changes)
    for (const change of changes) stage(changeset, change)
    const writes = withRows(await writesOf(changeset), rows)
    if (writes.length > maxWrites && changes.length > 1) return false
    if (writes.length > 0) await transact(scope, writes)
    return true
  })
  if (isDone) return
  const half = Math.ceil(changes.length / 2)
  await endLinks(scope, changes.slice(0, half), rows.slice(0, half))
  await endLinks(scope, changes.slice(half), rows.slice(half))
}

/** Takes a role away from everybody who had it in a session that is gone. */
export async function endRoles(scope: EventScope, { session, roles }: GoneSession): Promise<void> {
  const links = Object.entries(roles).flatMap(([role, people]) =>
    people.map((person): LinkChange => {
      return { link: { kind: 'role', person, session, role }, added: false }
    }),
  )
  for (let at = 0; at < links.length; at += 40) await endLinks(scope, links.slice(at, at + 40))
}

/** Takes the rows of a session that is gone out of its tracks, with their counts where the track still lives. */
export async function leaveTracks(
  scope: EventScope,
  { session, tracks }: GoneSession,
): Promise<void> {
  await retryOnConflict(scope, async () => {
    const [rows, living] = await Promise.all([
      getRows<Key>(
        scope,
        tracks.map((track) => keys.trackSession(scope, track, session)),
      ),
      findMany(scope, 'track', tracks),
    ])
    await transactInParts(
      scope,
      rows.map((row) => leaveWrites(scope, row, living)),
    )
  })
}

function leaveWrites(scope: EventScope, row: Key, living: Map<string, unknown>): Write[] {
  const track = row.pk.slice(row.pk.lastIndexOf('#') + 1)
  if (!living.has(track)) return [remove(row)]
  const counted = countWrites(sets.trackSessions(scope, track), [{ id: row.sk, by: -1 }])
  return [remove(row, { exists: true }, 'conflict'), ...counted]
}

const withRows = (writes: Write[], rows: Key[]): Write[] => [
  ...writes,
  ...rows.filter((row) => !writes.some((write) => isAbout(write, row))).map((row) => remove(row)),
]
