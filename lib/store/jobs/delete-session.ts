import type { Event } from '#lib/model/event.ts'
import type { Session } from '#lib/model/session.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import { type LinkChange, load, newChangeset } from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { ownedWrites } from '#lib/store/write/delete-session.ts'
import { settle } from '#lib/store/write/settle-session.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { remove, transact } from '#lib/table/transact.ts'
import { sessionLinks, type WantedSession } from '#lib/wire/session-body.ts'
import { unlinkNetworking } from './networking.ts'
import { chunks } from './queue.ts'
import { inEvent } from './relations.ts'
import type { JobRunner } from './runner.ts'

type Gone = { session: string; roles: Record<string, string[]>; tracks: string[] }

export const sessionPlans: Record<string, JobRunner> = {
  'delete-session': inEvent(
    (scope, { work }, event) => forgetSession(scope, event, work as Gone),
    (scope, { work }) => [
      keys.attendees(scope, (work as Gone).session),
      keys.pairs(scope, (work as Gone).session),
    ],
  ),
  'undo-session': inEvent((scope, { work }, event) =>
    undoSession(scope, event, work.session as string),
  ),
  'settle-session': inEvent(async (scope, { work }, event) => {
    const { session, ...wanted } = work as WantedSession & { session: string }
    const writes = await settle(scope, event.speakersGroup, session, wanted)
    if (writes.length > 0) await transact(scope, writes)
    return true
  }),
}

/** Takes a deleted session out of agendas and tracks, some at a time. */
async function forgetSession(scope: EventScope, event: Event, gone: Gone): Promise<boolean> {
  const { session, roles, tracks } = gone
  const held = Object.entries(roles).flatMap(([role, people]) =>
    people.map((person) => ({
      link: { kind: 'role' as const, person, session, role },
      added: false,
    })),
  )
  await applyLinks(scope, event.speakersGroup, held)
  if (!(await forgetAttendees(scope, event, session))) return false
  if (!(await unlinkNetworking(scope, session))) return false
  for (const some of chunks(tracks, 40)) {
    await retryOnConflict(scope, () => leaveTracks(scope, session, some))
  }
  await transact(scope, [unmarkDeleting(scope, session)])
  return true
}

async function forgetAttendees(scope: EventScope, event: Event, session: string) {
  while (Date.now() < scope.deadline) {
    const pk = keys.attendees(scope, session)
    const rows = await queryRows<{ sk: string }>(scope, { pk, only: ['sk'], limit: 45 })
    if (rows.length === 0) return true
    const links = rows.map(({ sk }): LinkChange => {
      return { link: { kind: 'attends', person: sk, session }, added: false }
    })
    await retryOnConflict(scope, async () => {
      const work = newChangeset(scope, event.speakersGroup)
      await load(work, links)
      for (const link of links) stage(work, link)
      const ended = rows.map(({ sk }) => remove(keys.attendee(scope, session, sk)))
      await transact(scope, [...writesOf(work), ...ended])
    })
  }
  return false
}

/** Takes the session's rows out of tracks, with their counts where the track still lives. */
async function leaveTracks(scope: EventScope, session: string, tracks: string[]): Promise<void> {
  const [rows, alive] = await Promise.all([
    getRows<{ pk: string; sk: string }>(
      scope,
      tracks.map((track) => keys.trackSession(scope, track, session)),
    ),
    getRows<{ sk: string }>(
      scope,
      tracks.map((track) => keys.track(scope, track)),
      ['sk'],
    ),
  ])
  const living = new Set(alive.map(({ sk }) => sk))
  const writes = rows.flatMap((row) => {
    const track = row.pk.slice(row.pk.lastIndexOf('#') + 1)
    if (!living.has(track)) return [remove(row)]
    return [
      remove(row, { exists: true }, 'conflict'),
      ...countWrites(sets.trackSessions(scope, track), [{ id: session, by: -1 }]),
    ]
  })
  if (writes.length > 0) await transact(scope, writes)
}

/** Undoes a session whose creation never came to its end; nobody ever saw it. */
async function undoSession(scope: EventScope, event: Event, id: string): Promise<boolean> {
  if (!event.gone?.has(id)) return true
  const session = await getRow<Session>(scope, keys.session(scope, id))
  if (session) {
    const none = Object.fromEntries(Object.keys(session.roles).map((role) => [role, []]))
    const links = sessionLinks(session, { roles: none, tracks: [] })
    await applyLinks(scope, event.speakersGroup, links)
    await retryOnConflict(scope, () =>
      transact(scope, [
        remove(keys.session(scope, id), { exists: true }, 'conflict'),
        ...ownedWrites(scope, session),
      ]),
    )
  }
  await transact(scope, [unmarkDeleting(scope, id)])
  return true
}
