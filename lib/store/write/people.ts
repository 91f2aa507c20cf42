import { ApiError } from '#lib/base/errors.ts'
import { newId } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { now } from '#lib/base/time.ts'
import {
  type ExternalId,
  firstExternalIds,
  nextExternalIds,
  type SentIds,
} from '#lib/model/external-id.ts'
import type { LinkChange } from '#lib/model/link.ts'
import type { Person } from '#lib/model/person.ts'
import { linksFor, type WantedPerson } from '#lib/model/person-links.ts'
import type { PictureWish } from '#lib/model/picture.ts'
import { born, type Precondition } from '#lib/store/document.ts'
import { type Changeset, newChangeset, stagePerson } from '#lib/store/links/changeset.ts'
import { commitLinks } from '#lib/store/links/commit-links.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import {
  type LoadedPerson,
  loadPerson,
  requireLoaded,
  requirePerson,
} from '#lib/store/read/included-people.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { type Choose, withPicture } from './person-picture.ts'

/** What somebody wants a person to be: own fields, relations (absent ones stay as they are), and the picture. */
export type PersonChange = Omit<
  Person,
  | 'id'
  | 'externalIds'
  | 'groupIds'
  | 'agenda'
  | 'picture'
  | 'profile'
  | 'ticket'
  | 'booked'
  | 'createdAt'
  | 'updatedAt'
  | 'vr'
  | 'open'
  | 'hidden'
> & { externalIds: SentIds; relations: WantedPerson; picture: PictureWish }

/** Makes a person with all relations. `wanted` is asked anew when somebody came between. */
export function createPerson(
  scope: EventScope,
  wanted: () => Promise<PersonChange>,
  upsert: ExternalId[] = [],
): Promise<LoadedPerson> {
  const id = newId('person')
  return withPicture(scope, (choose) =>
    whenSettled(scope, async () => {
      const { externalIds, relations, picture, ...own } = await wanted()
      const ids = firstExternalIds(externalIds, upsert)
      const person: Person = { ...own, ...born(), id, externalIds: ids, agenda: {} }
      return writePerson(scope, { after: person, relations, picture, choose })
    }),
  )
}

/** Replaces the person's own fields, and the relations that `wanted` names. */
export const updatePerson = (
  scope: EventScope,
  id: string,
  wanted: (current: LoadedPerson) => Promise<PersonChange>,
  precondition: Precondition<LoadedPerson>,
): Promise<LoadedPerson> =>
  withPicture(scope, (choose) =>
    whenSettled(scope, async () => {
      const current = await requireLoaded(scope, id)
      precondition(current)
      const before = current.person
      const { externalIds, relations, picture, ...own } = await wanted(current)
      const ids = nextExternalIds(externalIds, before)
      const after: Person = { ...before, ...own, externalIds: ids, updatedAt: now() }
      const { included: known } = current
      return writePerson(scope, { before, after, relations, picture, choose, known })
    }),
  )

/** Changes links of one person. Gives what `made` makes of the person as they will be. */
export const changeLinks = <M>(
  scope: EventScope,
  id: string,
  decide: (person: Person) => Promise<LinkChange[]>,
  made: (person: Person) => M | Promise<M>,
): Promise<M> =>
  whenSettled(scope, async () => {
    const person = await requirePerson(scope, id)
    return commitLinks(scope, {
      owner: { kind: 'person', id },
      begin: stagedPerson(scope, person, person),
      links: await decide(person),
      more: [],
      made: async (changeset) => made(personIn(changeset, person)),
    })
  })

type PersonWrite = {
  before?: Person
  after: Person
  relations: WantedPerson
  picture: PictureWish
  choose: Choose
  /** What was read with the person as they were. */
  known?: LoadedPerson['included']
}

async function writePerson(scope: EventScope, write: PersonWrite): Promise<LoadedPerson> {
  const { before, relations, choose } = write
  const { picture: was, ...plain } = write.after
  checkSize(write.after)
  const { picture, writes } = await choose(write.picture, was)
  const after: Person = { ...plain, ...(picture && { picture }) }
  return commitLinks(scope, {
    owner: { kind: 'person', id: after.id },
    begin: stagedPerson(scope, before, after),
    links: linksFor(after, relations, (group) => group !== scope.speakersGroup),
    more: writes,
    made: (changeset) => loadPerson(scope, personIn(changeset, after), write.known),
  })
}

/** Begins a changeset in which a person is as they will be but for their links. */
export const stagedPerson =
  (scope: EventScope, before: Person | undefined, after: Person) =>
  (job?: string): Changeset => {
    const changeset = newChangeset(scope)
    stagePerson(changeset, before, { ...after, ...(job !== undefined && { open: job }) })
    return changeset
  }

const personIn = ({ people }: Changeset, { id, ...rest }: Person): Person =>
  people.get(id)?.after ?? { id, ...rest }

/** Refuses a person who would not fit a row with room for the agenda. */
export function checkSize(person: Person): void {
  const size = Buffer.byteLength(JSON.stringify({ ...person, agenda: {} }))
  if (size > limits.entityBytes.value) throw new ApiError('too_large', { field: '' })
}
