import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Person } from '#lib/model/person.ts'
import {
  type Caller,
  hides,
  mayRequestMeeting,
  type ProfileView,
  profileView,
  type Reader,
  readerOf,
} from '#lib/model/privacy.ts'
import type { Token } from '#lib/model/token.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { JobOpen } from '#lib/store/links/changeset.ts'
import { whenSettled } from '#lib/store/links/open-job.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'
import { getConnection } from './connections.ts'
import { listFields } from './custom-fields.ts'
import { getPerson, requirePerson } from './included-people.ts'

/** A person as a reader may see them. */
export type Seen = {
  reader: Reader
  /** The reader's own person; only read when the caller's system prints its id. */
  me?: Person | undefined
  person: Person
  connection: Connection | undefined
  view: ProfileView
}

/** The fields that people have, read only when there is a value to print. */
export const fieldsFor = async (
  scope: EventScope,
  { custom }: Pick<Person, 'custom'>,
): Promise<Field[]> => (Object.keys(custom).length > 0 ? listFields(scope, 'people') : [])

/** The caller's own person; `missing` for callers who speak for nobody. */
export function requireMe(
  scope: EventScope,
  { person }: Caller,
  missing: ErrorName = 'person_not_found',
): Promise<Person> {
  if (person === undefined) throw new ApiError(missing)
  return requirePerson(scope, person)
}

/**
 * The id that `sent` stands for: `me`, an id of the caller's system, or ours. Attendees address people by our ids alone:
 * those of other systems can be guessed, and say what is nobody's business.
 */
export async function namedPerson(
  scope: EventScope,
  { role, person }: Caller,
  sent = '',
): Promise<string | undefined> {
  if (sent === 'me') return person
  if (role === 'attendee') return isId('person', sent) ? sent : undefined
  return resolveId(scope, 'person', sent)
}

/** Whether an attendee's answer may no longer name somebody: they hide, or are gone. */
export async function hiddenFrom(
  scope: Scope,
  { events: [event] }: Pick<Token, 'events'>,
  person: string,
): Promise<boolean> {
  if (event === undefined || !isId('person', person)) return true
  const row = await getRow<Person>(scope, keys.person(remainsScope(scope, event), person))
  return !row || row.hidden !== undefined || hides(row.profile)
}

export type HowToFind = {
  /** What somebody missing, foreign or hidden is: the same for all. */
  missing?: ErrorName
  /** Whoever has something with the caller already is found though they hide. */
  related?: boolean
}

/** A person as the caller may see them. */
export async function findPerson(
  scope: EventScope,
  caller: Caller,
  id: string | undefined,
  { missing = 'person_not_found', related = false }: HowToFind = {},
): Promise<Seen> {
  const reader = readerOf(caller)
  const own = reader.person
  const [person, connection, me] = await Promise.all([
    id === undefined ? undefined : settledPerson(scope, id),
    id && own && id !== own ? getConnection(scope, own, id) : undefined,
    scope.system && own ? getPerson(scope, own) : undefined,
  ])
  if (!person) throw new ApiError(missing)
  const owner = { id: person.id, settings: person.profile ?? {} }
  const view = profileView(reader, owner, connection?.status ?? 'NONE')
  if (view !== 'hidden') return { reader, me, person, connection, view }
  if (!related || !connection) throw new ApiError(missing)
  return { reader, me, person, connection, view: nothing }
}

/** A person who takes meetings from the caller; organisers may look at anybody's times. */
export async function requireBookable(
  scope: EventScope,
  caller: Caller,
  id: string | undefined,
): Promise<Person> {
  const { reader, person, connection } = await findPerson(scope, caller, id)
  const isFree = reader.organiser || reader.person === person.id
  const takes = mayRequestMeeting(person.profile ?? {}, connection?.status === 'ACCEPT')
  if (!isFree && !takes) throw new ApiError('meetings_closed')
  return person
}

const nothing = { contact: false, availability: false, preferences: false, rejectedBy: false }

const settledPerson = (scope: EventScope, id: string): Promise<Person | undefined> =>
  whenSettled(scope, async () => {
    const person = await getPerson(scope, id)
    if (person?.open !== undefined) throw new JobOpen(person.open)
    return person
  })
