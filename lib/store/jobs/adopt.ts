import { ApiError } from '#lib/base/errors.ts'
import type { Instant } from '#lib/base/time.ts'
import type { Group } from '#lib/model/group.ts'
import type { Link, LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { sessionLinks, type WantedSession } from '#lib/model/session-links.ts'
import { type Document, save, savedWrites } from '#lib/store/document.ts'
import { groups } from '#lib/store/documents/groups.ts'
import { people } from '#lib/store/documents/people.ts'
import { sessions } from '#lib/store/documents/sessions.ts'
import { findMany } from '#lib/store/find-many.ts'
import { isThere, JobOpen, load, newChangeset } from '#lib/store/links/changeset.ts'
import { finishLinks, keyOfOwner, type LinkWork, whenSettled } from '#lib/store/links/open-job.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { type Job, rewriteJob } from '#lib/store/queue.ts'
import { sets } from '#lib/store/sets.ts'
import type { GoneSession } from '#lib/store/write/end-links.ts'
import { setName } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { remove, update } from '#lib/table/writes.ts'
import { inEvent, type JobRunner, type Progress } from './in-event.ts'
import { emptyGroup } from './links.ts'
import { endPerson } from './people.ts'

/** Work as versions before the jobs wrote it down. `since`: when that was. */
type FormerLinks = { facts: { fact: Link; holds: boolean }[]; since: Instant }
type FormerSession = WantedSession & { session: string; since: Instant }

/**
 * Jobs that versions before 0.2 left in the queue, under the names that they had. What was being made and never came
 * to its end is removed, since nobody has seen it; a change that had begun is finished, unless somebody has written
 * the document since. Kinds that are the same today under another name stand in `lib/store/queue.ts`.
 */
export const formerJobs: Record<string, JobRunner> = {
  'forget-person': inEvent(forgetPerson, (scope, { work }) => [
    keys.relations(scope, work.person as string),
  ]),
  'undo-group': inEvent(undoGroup, (scope, { work }) => [
    keys.members(scope, work.group as string),
  ]),
  'undo-session': inEvent(undoSession),
  'apply-facts': inEvent(finishPerson),
  'settle-session': inEvent(finishSession),
}

async function forgetPerson(scope: EventScope, job: Job) {
  const id = job.work.person as string
  if (job.place !== undefined) return endPerson(scope, job)
  const person = await getRow<Person>(scope, keys.person(scope, id))
  // Who is there and not hidden was only being made when this was written down.
  if (person && !scope.deleting.has(id)) return true
  if (person) await retryOnConflict(scope, () => keepOwnNames(scope, id))
  return endPerson(scope, job)
}

/** Names went before the document did, and may be others' by now: it shall not claim them when it goes. */
async function keepOwnNames(scope: EventScope, id: string): Promise<void> {
  const key = keys.person(scope, id)
  const person = await getRow<Person>(scope, key)
  if (!person) return
  const names = people.derived(scope, person).filter(({ taken }) => taken)
  const rows = await getRows<Key & { to: string }>(
    scope,
    names.map(({ pk, sk }) => ({ pk, sk })),
  )
  const own = new Set(rows.filter(({ to }) => to === id).map(({ pk }) => pk))
  const email = own.has(keys.email(scope, person.email).pk) ? person.email : ''
  const externalIds = person.externalIds.filter((one) =>
    own.has(keys.external(scope, 'person', one.system, one.id).pk),
  )
  const change = { set: { email, externalIds }, add: { vr: 1 } }
  await transact(scope, [update(key, change, { vr: person.vr }, 'conflict')])
}

async function undoGroup(scope: EventScope, { work }: Job): Promise<Progress> {
  const id = work.group as string
  if (!scope.deleting.has(id)) return true
  await retryOnConflict(scope, async () => {
    const group = await getRow<Group>(scope, keys.group(scope, id))
    if (group) await transact(scope, savedWrites(save(scope, groups, [group, undefined])))
  })
  return emptyGroup(scope, id)
}

/** Such a session has its relations, but neither a place in the order nor a count on its day. */
async function undoSession(scope: EventScope, job: Job): Promise<boolean> {
  const id = job.work.session as string
  if (!scope.deleting.has(id)) return true
  return retryOnConflict(scope, async () => {
    const session = await getRow<Session>(scope, keys.session(scope, id))
    if (!session) return true
    const gone: GoneSession = { session: id, roles: session.roles, tracks: session.trackIds }
    const day = setName(sets.sessionsOn(scope, session.date))
    const alone = { ...session, trackIds: [] }
    const { writes } = save(scope, sessions, [alone, undefined], (set) => setName(set) === day)
    const goesOn = rewriteJob({ ...job, kind: 'delete-session' }, gone as Job['work']).write
    await transact(scope, [...writes, remove(keys.seats(scope, id)), goesOn])
    return false
  })
}

async function finishPerson(scope: EventScope, job: Job): Promise<boolean> {
  const { facts, since } = job.work as FormerLinks
  const links = facts.map(({ fact, holds }): LinkChange => ({ link: fact, added: holds }))
  const id = links.map(({ link }) => ('person' in link ? link.person : '')).find(Boolean)
  const person = id && (await getRow<Person>(scope, keys.person(scope, id)))
  if (!person || person.updatedAt > since) return true
  const attended = links.flatMap(({ link, added }) =>
    added && link.kind === 'attends' ? link.session : [],
  )
  const capped = [...(await findMany(scope, 'session', attended)).values()].filter(
    ({ capacity }) => capacity !== undefined,
  )
  for (const { id: session } of capped) await attendIfFree(scope, person.id, session)
  const seated = new Set(capped.map(({ id }) => id))
  const rest = links.filter(({ link }) => link.kind !== 'attends' || !seated.has(link.session))
  return finish(scope, job, { owner: { kind: 'person', id: person.id }, links: rest, holds: [] })
}

/** Nobody was told that there is a seat: where none is left, none is promised. */
async function attendIfFree(scope: EventScope, person: string, session: string): Promise<void> {
  const change: LinkChange = { link: { kind: 'attends', person, session }, added: true }
  await whenSettled(scope, async () => {
    const changeset = newChangeset(scope)
    await load(changeset, [change])
    if (!isThere(changeset, change.link)) return
    stage(changeset, change)
    const writes = await writesOf(changeset)
    if (writes.length > 0) await transact(scope, writes)
  }).catch((error) => {
    if (!(error instanceof ApiError && error.reason === 'session_full')) throw error
  })
}

async function finishSession(scope: EventScope, job: Job): Promise<boolean> {
  const { session: id, since, ...wanted } = job.work as FormerSession
  const session = await getRow<Session>(scope, keys.session(scope, id))
  if (!session || session.updatedAt > since) return true
  const links = sessionLinks(session, wanted)
  return finish(scope, job, { owner: { kind: 'session', id }, links, holds: [], wanted })
}

/** Goes on as a job of today, for which the document waits. */
async function finish(scope: EventScope, job: Job, work: LinkWork): Promise<boolean> {
  const key = keyOfOwner(scope, work.owner)
  const isBegun = await whenSettled(scope, async () => {
    const document = await getRow<Document>(scope, key)
    if (!document || scope.deleting.has(work.owner.id)) return false
    if (document.open !== undefined) throw new JobOpen(document.open)
    const open = { set: { open: job.id }, add: { vr: 1 } }
    await transact(scope, [
      update(key, open, { vr: document.vr }, 'conflict'),
      rewriteJob({ ...job, kind: 'apply-links' }, work as Job['work']).write,
    ])
    return true
  })
  if (isBegun) await finishLinks(scope, job.id)
  return true
}
