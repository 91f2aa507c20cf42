import type { Event } from '#lib/model/event.ts'
import type { Session } from '#lib/model/session.ts'
import { unhide } from '#lib/store/deleting.ts'
import { applyFacts } from '#lib/store/links/apply.ts'
import { type FactChange, load, newWork } from '#lib/store/links/changeset.ts'
import { draft } from '#lib/store/links/stage.ts'
import { stepsOf } from '#lib/store/links/writes.ts'
import { ownedSteps } from '#lib/store/write/delete-session.ts'
import { settle } from '#lib/store/write/settle-session.ts'
import { countSteps } from '#lib/table/buckets.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { whileFresh } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { remove, transact } from '#lib/table/transact.ts'
import { sessionFacts, type WantedSession } from '#lib/wire/session-body.ts'
import { forgetNetworking } from './networking.ts'
import { parts } from './queue.ts'
import { inEvent } from './relations.ts'
import type { PlanRunner } from './runner.ts'

type Gone = { session: string; roles: Record<string, string[]>; tracks: string[] }

export const sessionPlans: Record<string, PlanRunner> = {
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
    const steps = await settle(scope, event.speakersGroup, session, wanted)
    if (steps.length > 0) await transact(scope, steps)
    return true
  }),
}

/** Takes a deleted session out of agendas and tracks, some at a time. */
async function forgetSession(scope: EventScope, event: Event, gone: Gone): Promise<boolean> {
  const { session, roles, tracks } = gone
  const held = Object.entries(roles).flatMap(([role, people]) =>
    people.map((person) => ({
      fact: { kind: 'role' as const, person, session, role },
      holds: false,
    })),
  )
  await applyFacts(scope, event.speakersGroup, held)
  if (!(await forgetAttendees(scope, event, session))) return false
  if (!(await forgetNetworking(scope, session))) return false
  for (const some of parts(tracks, 40)) {
    await whileFresh(scope, () => leaveTracks(scope, session, some))
  }
  await transact(scope, [unhide(scope, session)])
  return true
}

async function forgetAttendees(scope: EventScope, event: Event, session: string) {
  while (Date.now() < scope.deadline) {
    const pk = keys.attendees(scope, session)
    const rows = await queryRows<{ sk: string }>(scope, { pk, only: ['sk'], limit: 45 })
    if (rows.length === 0) return true
    const facts = rows.map(({ sk }): FactChange => {
      return { fact: { kind: 'attends', person: sk, session }, holds: false }
    })
    await whileFresh(scope, async () => {
      const work = newWork(scope, event.speakersGroup)
      await load(work, facts)
      for (const fact of facts) draft(work, fact)
      const ended = rows.map(({ sk }) => remove(keys.attendee(scope, session, sk)))
      await transact(scope, [...stepsOf(work), ...ended])
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
  const steps = rows.flatMap((row) => {
    const track = row.pk.slice(row.pk.lastIndexOf('#') + 1)
    if (!living.has(track)) return [remove(row)]
    return [
      remove(row, { exists: true }, 'stale'),
      ...countSteps(sets.trackSessions(scope, track), [{ id: session, by: -1 }]),
    ]
  })
  if (steps.length > 0) await transact(scope, steps)
}

/** Undoes a session whose creation never came to its end; nobody ever saw it. */
async function undoSession(scope: EventScope, event: Event, id: string): Promise<boolean> {
  if (!event.gone?.has(id)) return true
  const session = await getRow<Session>(scope, keys.session(scope, id))
  if (session) {
    const none = Object.fromEntries(Object.keys(session.roles).map((role) => [role, []]))
    const facts = sessionFacts(session, { roles: none, tracks: [] })
    await applyFacts(scope, event.speakersGroup, facts)
    await whileFresh(scope, () =>
      transact(scope, [
        remove(keys.session(scope, id), { exists: true }, 'stale'),
        ...ownedSteps(scope, session),
      ]),
    )
  }
  await transact(scope, [unhide(scope, id)])
  return true
}
