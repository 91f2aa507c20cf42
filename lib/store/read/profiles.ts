import { ApiError, type ErrorName } from '#lib/base/errors.ts'
import type { EventCall } from '#lib/http/route.ts'
import type { Connection } from '#lib/model/connection.ts'
import type { Person } from '#lib/model/person.ts'
import { type ProfileView, profileView, type Reader } from '#lib/model/privacy.ts'
import type { Token } from '#lib/model/token.ts'
import { resolveId } from '#lib/store/external-ids.ts'
import { getConnection } from '#lib/store/write/connections.ts'
import { learnPeople } from '#lib/wire/known-people.ts'
import { getPerson } from './included-people.ts'

type Asking = Pick<EventCall, 'scope' | 'view' | 'params' | 'token'>

/** A person as a reader may see them. */
export type Seen = {
  reader: Reader
  person: Person
  connection: Connection | undefined
  view: ProfileView
}

export const readerOf = ({ role, person }: Pick<Token, 'role' | 'person'>): Reader => ({
  person,
  organiser: role !== 'attendee',
})

/** The caller's own person; `missing` for tokens that speak for nobody, or for nobody any more. */
export async function requireMe(
  { scope, view, token }: Pick<EventCall, 'scope' | 'view' | 'token'>,
  missing: ErrorName = 'person_not_found',
): Promise<Person> {
  if (token.person === undefined) throw new ApiError(missing)
  const me = await getPerson(scope, token.person)
  if (!me) throw new ApiError('person_not_found')
  await learnPeople(scope, view, [me.id])
  return me
}

/** The id that `{person}` of the path stands for: `me`, an id of the caller's system, or ours. */
export const namedPerson = async ({ scope, view, params, token }: Asking) =>
  params.person === 'me'
    ? token.person
    : resolveId(scope, 'person', params.person ?? '', view.system)

/**
 * The person of the path as the caller may see them. Missing, foreign and hidden are the same `missing`; with
 * `related`, whoever has something with the caller already is found though they hide.
 */
export async function findPerson(
  asking: Asking,
  missing: ErrorName = 'person_not_found',
  related = false,
): Promise<Seen> {
  const { scope, view, token } = asking
  const id = await namedPerson(asking)
  const reader = readerOf(token)
  const [person, connection] = await Promise.all([
    id === undefined ? undefined : getPerson(scope, id),
    id && reader.person && id !== reader.person && getConnection(scope, reader.person, id),
    learnPeople(scope, view, [reader.person]),
  ])
  if (!person) throw new ApiError(missing)
  const owner = { id: person.id, settings: person.profile ?? {} }
  const seen = profileView(reader, owner, connection ? connection.status : 'NONE')
  const between = connection || undefined
  if (seen !== 'hidden') return { reader, person, connection: between, view: seen }
  if (!related || !between) throw new ApiError(missing)
  return { reader, person, connection: between, view: nothing }
}

const nothing = { contact: false, availability: false, preferences: false, rejectedBy: false }
