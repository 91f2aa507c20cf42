import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Event } from '#lib/model/event.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { identifiersOf } from '#lib/model/identifiers.ts'
import type { Person } from '#lib/model/person.ts'
import { markDeleting, unmarkDeleting } from '#lib/store/deleting.ts'
import { externalWrites } from '#lib/store/external-ids.ts'
import { newJob } from '#lib/store/jobs/queue.ts'
import { applyLinks } from '#lib/store/links/apply.ts'
import {
  type Changeset,
  type LinkChange,
  load,
  newChangeset,
  stagePerson,
} from '#lib/store/links/changeset.ts'
import { stage } from '#lib/store/links/stage.ts'
import { writesOf } from '#lib/store/links/writes.ts'
import { getPerson, type LoadedPerson, loadIncluded } from '#lib/store/read/included-people.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { pending } from '#lib/table/idempotency.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { type EventScope, type RecordedResponse, withoutRecording } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { maxWrites, transact, type Write } from '#lib/table/transact.ts'
import type { PersonBody } from '#lib/wire/person.ts'
import { linksFor, ownFields, wantedRelations } from '#lib/wire/person-body.ts'
import type { Presentation } from '#lib/wire/presentation.ts'
import { pictureWrites, withPicture } from './person-picture.ts'
import { checkSize, emailWrites, ownWrites } from './person-writes.ts'
import { ticketWrites } from './ticket-writes.ts'

/** The request a write belongs to: whose view of ids, the event's built-in groups, and the API path. */
export type Asked = { scope: EventScope; view: Presentation; event: Event; path?: string }

/** Makes a person with all relations; a person of more than one transaction is hidden until complete. */
export async function createPerson(
  asked: Asked,
  body: PersonBody,
  reply: (made: LoadedPerson) => RecordedResponse,
  upsert: ExternalId[] = [],
): Promise<RecordedResponse> {
  const { scope, view } = asked
  const own = await ownFields(scope, body, view.system, undefined)
  const others = own.externalIds.filter(({ system }) => system !== upsert[0]?.system)
  const person: Person = {
    ...own,
    id: newId('person'),
    externalIds: [...upsert, ...others],
    agenda: {},
    createdAt: now(),
    updatedAt: now(),
    vr: 1,
  }
  checkSize(person)
  return withPicture(asked, (choose) =>
    retryOnConflict(scope, async () => {
      const wanted = await wantedRelations(scope, body, view.system, {})
      const links = linksFor(person, wanted, () => false)
      const { picture, writes } = await choose(body, person.id, undefined)
      const next = { ...person, ...(picture && { picture }) }
      return writePerson(asked, undefined, next, links, reply, writes)
    }),
  )
}

/** Replaces the person's own fields by what `change` gives, and the relations it names. */
export async function updatePerson(
  asked: Asked,
  id: string,
  change: (current: LoadedPerson) => PersonBody,
  effect: Effect<LoadedPerson>,
): Promise<RecordedResponse> {
  const { scope, view, event } = asked
  return withPicture(asked, (choose) =>
    retryOnConflict(scope, async () => {
      const current = await requireLoaded(asked, id)
      effect.guard(current)
      const body = change(current)
      const own = await ownFields(scope, body, view.system, current.person)
      const wanted = await wantedRelations(scope, body, view.system, current.person)
      const { picture: before, ...rest } = current.person
      const next: Person = { ...rest, ...own, updatedAt: now() }
      checkSize(next)
      const links = linksFor(current.person, wanted, (group) => group !== event.speakersGroup)
      const { picture, writes } = await choose(body, id, before)
      const pictured = { ...next, ...(picture && { picture }) }
      return writePerson(asked, current.person, pictured, links, effect.reply, writes)
    }),
  )
}

/** Changes the links about one person; the answer is made of the person as they will be. */
export async function changeLinks(
  asked: Asked,
  id: string,
  decide: (person: Person) => Promise<LinkChange[]>,
  reply: (next: LoadedPerson) => RecordedResponse,
): Promise<RecordedResponse> {
  return retryOnConflict(asked.scope, async () => {
    const person = await requirePerson(asked.scope, id)
    return writePerson(asked, person, person, await decide(person), reply)
  })
}

/**
 * Deletes a person with all relations; what does not fit one transaction vanishes at once and is cleaned up.
 * With `erase`, what was kept of them elsewhere goes as well: recorded answers, pictures, names in usage logs.
 */
export async function deletePerson(
  asked: Asked,
  id: string,
  effect: Effect<LoadedPerson>,
  erase = false,
): Promise<RecordedResponse> {
  const { scope, event } = asked
  return retryOnConflict(scope, async () => {
    const current = await requireLoaded(asked, id)
    effect.guard(current)
    const { person } = current
    const outcome = effect.reply(current)
    const names = [
      ...emailWrites(scope, person, ''),
      ...externalWrites(scope, 'person', id, person.externalIds, []),
    ]
    const work = await staged(asked, person, person, allLinks(person, event.speakersGroup))
    work.removed.add(id)
    const removal = [
      ...writesOf(work),
      ...names,
      ...countWrites(sets.people(scope), [{ id, by: -1 }]),
      ...pictureWrites(scope, id, person.picture, undefined),
      ...ticketWrites(scope, id, person.ticket?.type, undefined),
    ]
    const rest = {
      person: id,
      email: person.email,
      ...(erase && { traces: identifiersOf(person) }),
    }
    const plan = newJob(scope, 'forget-person', { ...rest, hidden: false })
    if (removal.length < maxWrites) {
      await transact(scope, [...removal, plan.write], outcome)
      return outcome
    }
    await transact(
      scope,
      [
        markDeleting(scope, id),
        ...names,
        newJob(scope, 'forget-person', { ...rest, hidden: true }).write,
      ],
      outcome,
    )
    return outcome
  })
}

export async function requirePerson(scope: EventScope, id: string | undefined): Promise<Person> {
  const person = id === undefined ? undefined : await getPerson(scope, id)
  if (!person) throw new ApiError('person_not_found')
  return person
}

export async function requireLoaded({ scope, view }: Omit<Asked, 'event'>, id: string | undefined) {
  const person = await requirePerson(scope, id)
  return { person, included: await loadIncluded(scope, [person], view) }
}

/** Every link that holds about a person, as changes that end it. */
export function allLinks(person: Person, speakersGroup: string): LinkChange[] {
  return linksFor(person, { groups: [], agenda: {} }, (group) => group !== speakersGroup)
}

async function staged(
  { scope, event }: Asked,
  before: Person | undefined,
  after: Person,
  links: LinkChange[],
) {
  const work = newChangeset(scope, event.speakersGroup)
  stagePerson(work, before, after)
  await load(work, links)
  for (const link of links) stage(work, link)
  return work
}

async function writePerson(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  links: LinkChange[],
  reply: (next: LoadedPerson) => RecordedResponse,
  picture: Write[] = [],
): Promise<RecordedResponse> {
  const { scope } = asked
  const work = await staged(asked, before, after, links)
  const person = personIn(work, after)
  const outcome = reply({ person, included: await loadIncluded(scope, [person], asked.view) })
  const own = [...ownWrites(scope, before, after), ...picture]
  const writes = [...writesOf(work), ...own]
  if (writes.length <= maxWrites) await transact(scope, writes, outcome)
  else await writeInParts(asked, before, after, links, own, outcome)
  return outcome
}

const personIn = (work: Changeset, { id, ...rest }: Person): Person =>
  work.people.get(id)?.after ?? { id, ...rest }

async function writeInParts(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  links: LinkChange[],
  own: Write[],
  outcome: RecordedResponse,
): Promise<void> {
  const { scope, event } = asked
  const alone = await staged(asked, before, after, [])
  const work = before ? { links } : { person: after.id, email: after.email, hidden: true }
  const plan = newJob(scope, before ? 'apply-links' : 'forget-person', work, 40_000)
  const hidden = before ? [] : [markDeleting(scope, after.id)]
  await transact(scope, [...writesOf(alone), ...own, ...hidden, plan.write], pending)
  try {
    await applyLinks(scope, event.speakersGroup, links)
  } catch (error) {
    await undo(asked, before, after, links, plan.complete)
    throw error
  }
  const shown = before ? [] : [unmarkDeleting(scope, after.id)]
  await transact(scope, [...shown, plan.complete], outcome)
}

/** Puts things back as they were when a part could not be done (a session filled up meanwhile). */
async function undo(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  links: LinkChange[],
  strike: Write,
) {
  const { scope, event } = asked
  if (!before) return
  const back = links.map(({ link, added }) => ({ link, added: !added })).reverse()
  await applyLinks(scope, event.speakersGroup, back)
  const person = await requirePerson(scope, after.id)
  const { picture, ...rest } = person
  const restored: Person = { ...rest, ...ownPart(before) }
  const work = await staged(asked, person, restored, [])
  await transact(withoutRecording(scope), [
    ...writesOf(work),
    ...ownWrites(scope, person, restored),
    ...pictureWrites(scope, person.id, picture, restored.picture),
    strike,
  ])
}

/** What a body set: relations, and what is written by other routes, stay as they are now. */
function ownPart(person: Person) {
  const { groupIds: _, agenda: __, vr: ___, ticket, profile, booked, ...own } = person
  return own
}
