import { nowMillis } from '#lib/base/time.ts'
import { identifiersOf } from '#lib/model/identifiers.ts'
import type { LinkChange } from '#lib/model/link.ts'
import { type Meeting, otherOf } from '#lib/model/meeting.ts'
import type { Person } from '#lib/model/person.ts'
import { linksFor } from '#lib/model/person-links.ts'
import { markDeleting } from '#lib/store/deleting.ts'
import { deletionWrite } from '#lib/store/deletions.ts'
import { nextOf, type Precondition, save, savedWrites } from '#lib/store/document.ts'
import { people } from '#lib/store/documents/people.ts'
import { endExports } from '#lib/store/exports/end-exports.ts'
import { load, newChangeset, stagePerson } from '#lib/store/links/changeset.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { tokenRemovals, tokensOf } from '#lib/store/links/person-tokens.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { newJob } from '#lib/store/queue.ts'
import { withBooking } from '#lib/store/read/busy.ts'
import { erasedWrites } from '#lib/store/read/erased.ts'
import { type LoadedPerson, requireLoaded } from '#lib/store/read/included-people.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, maxWrites, transact } from '#lib/table/transact.ts'
import { isAbout, update, type Write } from '#lib/table/writes.ts'

/**
 * Deletes a person with all relations, and frees the times that others are booked for with them. What does not fit one
 * transaction vanishes at once and is cleaned up behind it. With `erase`, what was kept of them elsewhere goes as
 * well: recorded answers, pictures, names in usage logs.
 */
export async function deletePerson(
  scope: EventScope,
  id: string,
  erase: boolean,
  precondition: Precondition<LoadedPerson>,
): Promise<LoadedPerson> {
  const { made, isHidden } = await whenSettled(scope, async () => {
    const made = await requireLoaded(scope, id)
    precondition(made)
    const { person } = made
    const work = { person: id, ...(erase && { identifiers: identifiersOf(person) }) }
    const job = newJob(scope, 'delete-person', work)
    // Tokens end with whom they speak for, not when the job gets to them; more than a few are left to it.
    const tokens = await tokenRemovals(scope, (await tokensOf(scope, id)).slice(0, mostTokens))
    const erased = erase ? erasedWrites(scope, id, person.email) : []
    const beside = [...erased, ...tokens, ...job.writes]
    const all = [...withErasure(scope, id, await removalWrites(scope, person), erase), ...beside]
    const isHidden = all.length > maxWrites
    const hidden = [...markDeleting(scope, id), ...namelessWrites(scope, person, erase), ...beside]
    await commit(scope, isHidden ? hidden : all, made)
    return { made, isHidden }
  })
  // Whatever this does not get done is in the job.
  if (isHidden) await removeHidden(scope, id).catch(() => undefined)
  if (erase) await endExports(scope).catch(() => undefined)
  return made
}

const mostTokens = 10

/** Takes a hidden person out of everything and removes the document; may be repeated at any point. */
export async function removeHidden(scope: EventScope, id: string): Promise<void> {
  for (let isThere = true; isThere; ) {
    isThere = await whenSettled(scope, () => removeSome(scope, id))
  }
}

/** Takes a person out of some of their links, or removes them with the last; false when nothing is left. */
async function removeSome(scope: EventScope, id: string): Promise<boolean> {
  const person = await getRow<Person>(scope, keys.person(scope, id))
  if (!person) return false
  const bookings = await freedWrites(scope, person)
  if (bookings.length > maxWrites - 1) {
    await transact(scope, bookings.slice(0, maxWrites))
    return true
  }
  let links = allLinks(scope, person)
  for (;;) {
    const isLast = links.length === allLinks(scope, person).length
    const changeset = await without(scope, person, links, isLast)
    const writes = [...(await writesOf(changeset)), ...(isLast ? bookings : [])]
    if (writes.length <= maxWrites) {
      await transact(scope, writes)
      return !isLast
    }
    links = links.slice(0, Math.min(40, Math.ceil(links.length / 2)))
  }
}

async function removalWrites(scope: EventScope, person: Person): Promise<Write[]> {
  const changeset = await without(scope, person, allLinks(scope, person), true)
  return [...(await writesOf(changeset)), ...(await freedWrites(scope, person))]
}

async function without(scope: EventScope, person: Person, links: LinkChange[], isLast: boolean) {
  const changeset = newChangeset(scope)
  stagePerson(changeset, person, person)
  if (isLast) changeset.removed.add(person.id)
  await load(changeset, links)
  for (const link of links) stage(changeset, link)
  return changeset
}

/** Every link of a person, as changes that end it. */
const allLinks = (scope: EventScope, person: Person): LinkChange[] => [
  ...linksFor(person, { groups: [], agenda: {} }, (group) => group !== scope.speakersGroup),
  ...Object.keys(person.waits ?? {}).map((session): LinkChange => {
    return { link: { kind: 'waits', person: person.id, session }, added: false }
  }),
]

/** The same writes, of which the one that says who deleted says that it is for good. */
const withErasure = (scope: EventScope, id: string, writes: Write[], erase: boolean): Write[] =>
  writes.map((write) =>
    erase && isAbout(write, keys.deletion(scope, id)) ? deletionWrite(scope, id, true) : write,
  )

/** The person without the names by which another may come from now on. */
function namelessWrites(scope: EventScope, person: Person, erase: boolean): Write[] {
  const hidden = erase ? 'erased' : 'deleted'
  const nameless = nextOf(person, { email: '', externalIds: [], hidden } as const)
  return savedWrites(save(scope, people, [person, nameless]))
}

/** The writes that take what a person is booked for out of the documents of those whom they would have met. */
async function freedWrites(scope: EventScope, { id, booked = {} }: Person): Promise<Write[]> {
  const meetings = await getRows<Meeting>(
    scope,
    Object.keys(booked).map((meeting) => keys.meeting(scope, id, meeting)),
  )
  const partners = Map.groupBy(meetings, (meeting) => otherOf(meeting, id))
  const rows = await getRows<Person>(
    scope,
    [...partners.keys()].map((other) => keys.person(scope, other)),
  )
  return rows.flatMap((other) => freedWrite(scope, other, partners.get(other.id) ?? []))
}

function freedWrite(scope: EventScope, other: Person, meetings: Meeting[]): Write[] {
  const due = meetings.filter((meeting) => other.booked?.[meeting.id])
  if (due.length === 0) return []
  let left: Person['booked'] = other.booked
  for (const { id } of due) {
    left = withBooking({ ...other, ...(left && { booked: left }) }, id, undefined, nowMillis())
    if (!left) break
  }
  const change = { set: { booked: left }, add: { vr: 1 } }
  return [update(keys.person(scope, other.id), change, { vr: other.vr }, 'conflict')]
}
