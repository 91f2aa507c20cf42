import { chunks } from '#lib/base/chunks.ts'
import { ApiError } from '#lib/base/errors.ts'
import type { FieldOwner } from '#lib/model/custom-field.ts'
import type { LinkChange } from '#lib/model/link.ts'
import { unmarkDeleting } from '#lib/store/deleting.ts'
import { endDoor } from '#lib/store/door/end-door.ts'
import { revised } from '#lib/store/entry-revisions.ts'
import { finishLinks } from '#lib/store/links/open-job.ts'
import type { Job } from '#lib/store/queue.ts'
import { endLinks, endRoles, type GoneSession, leaveTracks } from '#lib/store/write/end-links.ts'
import { leaveRoom } from '#lib/store/write/rooms.ts'
import { endLine, promoteWaiting } from '#lib/store/write/waitlist.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { update } from '#lib/table/writes.ts'
import { inEvent, type JobRunner, type Progress } from './in-event.ts'
import { unlinkNetworking } from './networking.ts'

/** No request that was under way when something was deleted can still write after this. */
export const requestsEndedMs = 35_000

/** What is left of links, and of what had them. */
export const linkJobs: Record<string, JobRunner> = {
  'apply-links': inEvent(async (scope, job) => {
    await finishLinks(scope, job.id)
    return true
  }),
  'delete-group': inEvent(
    (scope, { work }) => emptyGroup(scope, work.group as string),
    (scope, { work }) => [keys.members(scope, work.group as string)],
  ),
  'delete-track': inEvent(
    (scope, { work }) => emptyTrack(scope, work.track as string),
    (scope, { work }) => [keys.trackSessions(scope, work.track as string)],
  ),
  'delete-session': inEvent(emptySession, (scope, { work }) => [
    keys.attendees(scope, (work as GoneSession).session),
    keys.seats(scope, (work as GoneSession).session).pk,
    keys.pairs(scope, (work as GoneSession).session),
    keys.scans(scope, (work as GoneSession).session),
  ]),
  'delete-room': inEvent((scope, { work }) => {
    const room = work.room as string
    return unlinked(scope, room, (swept) => leaveRoom(swept, room))
  }),
  'promote-waiting': inEvent((scope, { work }) => promoteWaiting(scope, work.session as string)),
  'delete-field': inEvent(deleteValues),
  'revise-entries': inEvent(reviseEntries),
}

export async function emptyGroup(scope: EventScope, group: string): Promise<Progress> {
  const link = (person: string) => ({ kind: 'member', person, group }) as const
  return unlinked(scope, group, (swept) => endAll(swept, keys.members(scope, group), link))
}

async function emptyTrack(scope: EventScope, track: string): Promise<Progress> {
  const link = (session: string) => ({ kind: 'track', session, track }) as const
  return unlinked(scope, track, (swept) => endAll(swept, keys.trackSessions(scope, track), link))
}

async function emptySession(scope: EventScope, { work, place }: Job): Promise<Progress> {
  const gone = work as GoneSession
  const { session } = gone
  // Once more when no request can be under way that still found the session: a scan costs its door no condition.
  if (place !== undefined) return endDoor(scope, session)
  const attends = (person: string) => ({ kind: 'attends', person, session }) as const
  const isEmpty = await unlinked(scope, session, async (swept) => {
    await endRoles(swept, gone)
    if (!(await endAll(swept, keys.attendees(scope, session), attends))) return false
    if (!(await endLine(swept, session))) return false
    if (!(await unlinkNetworking(swept, session))) return false
    if (!(await endDoor(swept, session))) return false
    await leaveTracks(swept, gone)
    return true
  })
  return isEmpty ? { place: 'again', delayMs: requestsEndedMs } : false
}

/** When nothing refers to what was deleted any more, answers need not leave it out any longer. */
async function unlinked(
  scope: EventScope,
  id: string,
  work: (swept: EventScope) => Promise<boolean>,
): Promise<boolean> {
  if (!(await work({ ...scope, sweeping: id }))) return false
  await unmarkDeleting(scope, id)
  return true
}

/** Ends the links for which a partition has rows, until none is left; false when the deadline came first. */
async function endAll(
  scope: EventScope,
  pk: string,
  linkTo: (id: string) => LinkChange['link'],
): Promise<boolean> {
  while (Date.now() < scope.deadline) {
    const rows = await queryRows<Key>(scope, { pk, only: ['pk', 'sk'], limit: 160 })
    if (rows.length === 0) return true
    await Promise.all(
      chunks(rows, 40).map((some) => {
        const links = some.map(({ sk }) => ({ link: linkTo(sk), added: false }))
        return endLinks(scope, links, some)
      }),
    )
  }
  return false
}

/** Revises the calendar entries that a name stands in, some at a time. */
async function reviseEntries(scope: EventScope, { work, place }: Job): Promise<Progress> {
  const { entries, track } = work as { entries?: string[]; track?: string }
  const all =
    entries ??
    (await queryRows<Key>(scope, { pk: keys.trackSessions(scope, track ?? ''), only: ['sk'] })).map(
      ({ sk }) => sk,
    )
  let done = (place as number | undefined) ?? 0
  for (const some of chunks(all.slice(done), 50)) {
    if (Date.now() >= scope.deadline) return { place: done }
    await transact(scope, revised(scope, some))
    done += some.length
  }
  return true
}

type Place = { after?: string; pass: number }

/**
 * Removes the values of a deleted field, page by page. A second time when no request that still knew the field can be
 * under way: reading a field costs its users no condition.
 */
async function deleteValues(scope: EventScope, { work, place }: Job): Promise<Progress> {
  const { of, field } = work as { of: FieldOwner; field: string }
  const pk = of === 'people' ? keys.people(scope) : keys.sessions(scope)
  const at: Place = { pass: 1, ...(place as Place | undefined) }
  try {
    while (Date.now() < scope.deadline) {
      const { after } = at
      const page = { pk, only: ['sk', 'custom'], limit: 400, ...(after !== undefined && { after }) }
      const rows = await queryRows<{ sk: string; custom?: object }>(scope, page)
      for (const some of chunks(rows, 4 * valuesAtOnce)) {
        const due = some.filter(({ custom }) => custom && field in custom)
        const parts = chunks(due, valuesAtOnce).map((part) => part.map(({ sk }) => ({ pk, sk })))
        await Promise.all(parts.map((part) => deleteSome(scope, part, field)))
        at.after = some.at(-1)?.sk ?? ''
      }
      if (rows.length < 400)
        return at.pass === 1 ? { place: { pass: 2 }, delayMs: requestsEndedMs } : true
    }
  } catch (error) {
    // Time is up in the middle of a page, as it nearly always is: what is done need not be read again.
    if (!(error instanceof ApiError)) throw error
  }
  return { place: at }
}

const valuesAtOnce = 25

/** Where one row of some is gone meanwhile, the others go one by one: what is gone has no value either. */
async function deleteSome(scope: EventScope, rows: Key[], field: string): Promise<void> {
  const change = {
    set: { swept: field },
    paths: [[['custom', field], undefined]] as [string[], unknown][],
    add: { vr: 1 },
  }
  const writes = rows.map((key) => update(key, change, { exists: true }, 'conflict'))
  await transact(scope, writes).catch(async (error) => {
    if (!(error instanceof VersionConflict)) throw error
    if (rows.length > 1) await Promise.all(rows.map((key) => deleteSome(scope, [key], field)))
  })
}
