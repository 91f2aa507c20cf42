import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Effect } from '#lib/http/answer.ts'
import type { Event } from '#lib/model/event.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import { tracesOf } from '#lib/model/identifiers.ts'
import type { Person } from '#lib/model/person.ts'
import { hide, unhide } from '#lib/store/deleting.ts'
import { externalSteps } from '#lib/store/external-ids.ts'
import { newPlan } from '#lib/store/jobs/queue.ts'
import { applyFacts } from '#lib/store/links/apply.ts'
import {
  draftPerson,
  type FactChange,
  load,
  newWork,
  type Work,
} from '#lib/store/links/changeset.ts'
import { draft } from '#lib/store/links/stage.ts'
import { stepsOf } from '#lib/store/links/writes.ts'
import { getPerson, type Loaded, loadAround } from '#lib/store/read/included-people.ts'
import { countSteps } from '#lib/table/buckets.ts'
import { pending } from '#lib/table/idempotency.ts'
import { whileFresh } from '#lib/table/retry.ts'
import { type EventScope, type Outcome, unrecorded } from '#lib/table/scope.ts'
import { sets } from '#lib/table/sets.ts'
import { maxSteps, type Step, transact } from '#lib/table/transact.ts'
import type { PersonBody } from '#lib/wire/person.ts'
import { factsFor, ownFields, wantedRelations } from '#lib/wire/person-body.ts'
import type { View } from '#lib/wire/presentation.ts'
import { pictureSteps, withPicture } from './person-picture.ts'
import { checkSize, emailSteps, ownSteps } from './person-writes.ts'
import { ticketSteps } from './ticket-writes.ts'

/** The request a write belongs to: whose view of ids, the event's built-in groups, and the API path. */
export type Asked = { scope: EventScope; view: View; event: Event; path?: string }

/** Makes a person with all relations; a person of more than one transaction is hidden until complete. */
export async function createPerson(
  asked: Asked,
  body: PersonBody,
  reply: (made: Loaded) => Outcome,
  upsert: ExternalId[] = [],
): Promise<Outcome> {
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
    whileFresh(scope, async () => {
      const wanted = await wantedRelations(scope, body, view.system, {})
      const facts = factsFor(person, wanted, () => false)
      const { picture, steps } = await choose(body, person.id, undefined)
      const next = { ...person, ...(picture && { picture }) }
      return writePerson(asked, undefined, next, facts, reply, steps)
    }),
  )
}

/** Replaces the person's own fields by what `change` gives, and the relations it names. */
export async function updatePerson(
  asked: Asked,
  id: string,
  change: (current: Loaded) => PersonBody,
  effect: Effect<Loaded>,
): Promise<Outcome> {
  const { scope, view, event } = asked
  return withPicture(asked, (choose) =>
    whileFresh(scope, async () => {
      const current = await requireLoaded(asked, id)
      effect.guard(current)
      const body = change(current)
      const own = await ownFields(scope, body, view.system, current.person)
      const wanted = await wantedRelations(scope, body, view.system, current.person)
      const { picture: before, ...rest } = current.person
      const next: Person = { ...rest, ...own, updatedAt: now() }
      checkSize(next)
      const facts = factsFor(current.person, wanted, (group) => group !== event.speakersGroup)
      const { picture, steps } = await choose(body, id, before)
      const pictured = { ...next, ...(picture && { picture }) }
      return writePerson(asked, current.person, pictured, facts, effect.reply, steps)
    }),
  )
}

/** Changes the facts about one person; the answer is made of the person as they will be. */
export async function changeFacts(
  asked: Asked,
  id: string,
  decide: (person: Person) => Promise<FactChange[]>,
  reply: (next: Loaded) => Outcome,
): Promise<Outcome> {
  return whileFresh(asked.scope, async () => {
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
  effect: Effect<Loaded>,
  erase = false,
): Promise<Outcome> {
  const { scope, event } = asked
  return whileFresh(scope, async () => {
    const current = await requireLoaded(asked, id)
    effect.guard(current)
    const { person } = current
    const outcome = effect.reply(current)
    const names = [
      ...emailSteps(scope, person, ''),
      ...externalSteps(scope, 'person', id, person.externalIds, []),
    ]
    const work = await drafted(asked, person, person, allFacts(person, event.speakersGroup))
    work.removed.add(id)
    const removal = [
      ...stepsOf(work),
      ...names,
      ...countSteps(sets.people(scope), [{ id, by: -1 }]),
      ...pictureSteps(scope, id, person.picture, undefined),
      ...ticketSteps(scope, id, person.ticket?.type, undefined),
    ]
    const rest = { person: id, email: person.email, ...(erase && { traces: tracesOf(person) }) }
    const plan = newPlan(scope, 'forget-person', { ...rest, hidden: false })
    if (removal.length < maxSteps) {
      await transact(scope, [...removal, plan.step], outcome)
      return outcome
    }
    await transact(
      scope,
      [hide(scope, id), ...names, newPlan(scope, 'forget-person', { ...rest, hidden: true }).step],
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
  return { person, around: await loadAround(scope, [person], view) }
}

/** Every fact that holds about a person, as changes that end it. */
export function allFacts(person: Person, speakersGroup: string): FactChange[] {
  return factsFor(person, { groups: [], agenda: {} }, (group) => group !== speakersGroup)
}

async function drafted(
  { scope, event }: Asked,
  before: Person | undefined,
  after: Person,
  facts: FactChange[],
) {
  const work = newWork(scope, event.speakersGroup)
  draftPerson(work, before, after)
  await load(work, facts)
  for (const fact of facts) draft(work, fact)
  return work
}

async function writePerson(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  facts: FactChange[],
  reply: (next: Loaded) => Outcome,
  picture: Step[] = [],
): Promise<Outcome> {
  const { scope } = asked
  const work = await drafted(asked, before, after, facts)
  const person = personIn(work, after)
  const outcome = reply({ person, around: await loadAround(scope, [person], asked.view) })
  const own = [...ownSteps(scope, before, after), ...picture]
  const steps = [...stepsOf(work), ...own]
  if (steps.length <= maxSteps) await transact(scope, steps, outcome)
  else await writeInParts(asked, before, after, facts, own, outcome)
  return outcome
}

const personIn = (work: Work, { id, ...rest }: Person): Person =>
  work.people.get(id)?.after ?? { id, ...rest }

async function writeInParts(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  facts: FactChange[],
  own: Step[],
  outcome: Outcome,
): Promise<void> {
  const { scope, event } = asked
  const alone = await drafted(asked, before, after, [])
  const work = before ? { facts } : { person: after.id, email: after.email, hidden: true }
  const plan = newPlan(scope, before ? 'apply-facts' : 'forget-person', work, 40_000)
  const hidden = before ? [] : [hide(scope, after.id)]
  await transact(scope, [...stepsOf(alone), ...own, ...hidden, plan.step], pending)
  try {
    await applyFacts(scope, event.speakersGroup, facts)
  } catch (error) {
    await undo(asked, before, after, facts, plan.strike)
    throw error
  }
  const shown = before ? [] : [unhide(scope, after.id)]
  await transact(scope, [...shown, plan.strike], outcome)
}

/** Puts things back as they were when a part could not be done (a session filled up meanwhile). */
async function undo(
  asked: Asked,
  before: Person | undefined,
  after: Person,
  facts: FactChange[],
  strike: Step,
) {
  const { scope, event } = asked
  if (!before) return
  const back = facts.map(({ fact, holds }) => ({ fact, holds: !holds })).reverse()
  await applyFacts(scope, event.speakersGroup, back)
  const person = await requirePerson(scope, after.id)
  const { picture, ...rest } = person
  const restored: Person = { ...rest, ...ownPart(before) }
  const work = await drafted(asked, person, restored, [])
  await transact(unrecorded(scope), [
    ...stepsOf(work),
    ...ownSteps(scope, person, restored),
    ...pictureSteps(scope, person.id, picture, restored.picture),
    strike,
  ])
}

/** What a body set: relations, and what is written by other routes, stay as they are now. */
function ownPart(person: Person) {
  const { groupIds: _, agenda: __, vr: ___, ticket, profile, booked, ...own } = person
  return own
}
