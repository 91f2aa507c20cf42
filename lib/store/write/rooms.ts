import { now } from '#lib/base/time.ts'
import type { Plain } from '#lib/model/plain.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { mostAtOnce, revised, revisedSoon } from '#lib/store/entry-revisions.ts'
import { newJob } from '#lib/store/queue.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update, type Write } from '#lib/table/writes.ts'

/** What goes with a room: no session is in it from then on, and a job takes it out of its sessions. */
export const endRoom = async (scope: EventScope, room: string): Promise<Write[]> => [
  ...markDeleting(scope, room),
  ...newJob(scope, 'delete-room', { room }).writes,
  // Without a number, as for tracks: calendars count a session once for what is going from it.
  ...revised(scope, (await sessionsIn(scope, room)).slice(0, mostAtOnce), 0),
]

/** The calendar entries of sessions whose room is called otherwise. */
export async function roomRenamed(
  scope: EventScope,
  before: Plain | undefined,
  name: string,
): Promise<Write[]> {
  if (!before || before.name === name) return []
  const entries = await sessionsIn(scope, before.id)
  return revisedSoon(scope, entries, { entries })
}

/** Takes a room that is gone out of its sessions; false when the deadline came first. */
export async function leaveRoom(scope: EventScope, room: string): Promise<boolean> {
  const rows = await rowsIn(scope, room)
  for (const { id, sk } of rows) {
    if (Date.now() >= scope.deadline) return false
    const change = { set: { swept: room, updatedAt: now() }, remove: ['roomId'], add: { vr: 1 } }
    const leaving = update(
      keys.session(scope, id),
      change,
      { equals: { roomId: room } },
      'conflict',
    )
    // Whoever came between has taken it out, or the session is gone.
    await transact(scope, [leaving, remove({ pk: keys.roomSessions(scope, room), sk })]).catch(
      (error) => {
        if (!(error instanceof VersionConflict)) throw error
      },
    )
  }
  return true
}

const sessionsIn = async (scope: EventScope, room: string): Promise<string[]> =>
  (await rowsIn(scope, room)).map(({ id }) => id)

const rowsIn = (scope: EventScope, room: string) =>
  queryRows<{ id: string; sk: string }>(scope, {
    pk: keys.roomSessions(scope, room),
    only: ['id', 'sk'],
  })
