import { ApiError } from '#lib/base/errors.ts'
import type { Precondition } from '#lib/store/document.ts'
import { load, newChangeset } from '#lib/store/links/changeset.ts'
import { inLine, noLimit } from '#lib/store/links/line.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { type SeatsRow, seatBuckets } from '#lib/store/links/seat-shares.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { endLinks } from './end-links.ts'
import { unlimited } from './seats.ts'

/** Gives the free seats of a session to whoever waits longest, some at a time. May be repeated at any point. */
export async function promoteWaiting(scope: EventScope, session: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    if (await whenSettled(scope, () => promoteSome(scope, session))) return true
  }
  return false
}

async function promoteSome(scope: EventScope, session: string): Promise<boolean> {
  const seats = await getRow<SeatsRow>(scope, keys.seats(scope, session))
  if (!seats) return true
  if (!seats.wn && seats.cap === noLimit) {
    await transact(scope, unlimited(scope, session, await seatBuckets(scope, session)))
    return true
  }
  const [first] = await inLine(scope, session, 1)
  if (!first || !seats.wn || seats.ct >= seats.cap) return true
  const changeset = newChangeset(scope)
  await load(changeset, [{ link: { kind: 'waits', person: first.person, session }, added: false }])
  if (!changeset.sessions.has(session)) return true
  changeset.promoting.set(session, {})
  const writes = await writesOf(changeset)
  if (!writes.some(({ item }) => item.Put?.Item?.agenda)) return true
  await transact(scope, writes)
  return false
}

/** Gives up a place in the line. */
export const leaveLine = (
  scope: EventScope,
  { person, session }: { person: string; session: string },
  precondition: Precondition<unknown>,
): Promise<void> =>
  whenSettled(scope, async () => {
    const change = { link: { kind: 'waits', person, session }, added: false } as const
    const changeset = newChangeset(scope)
    await load(changeset, [change])
    const place = changeset.people.get(person)?.before?.waits?.[session]
    if (place === undefined) throw new ApiError('place_not_found')
    precondition(undefined)
    stage(changeset, change)
    await commit(scope, await writesOf(changeset), undefined)
  })

/** Ends the places in the line of a session that is gone; false when the deadline came first. */
export async function endLine(scope: EventScope, session: string): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await inLine(scope, session, 40)
    if (rows.length === 0) return true
    const ended = rows.map(({ person }) => {
      return { link: { kind: 'waits', person, session }, added: false } as const
    })
    await endLinks(scope, ended, rows)
  }
  return false
}
