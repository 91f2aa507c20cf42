import { ApiError } from '#lib/base/errors.ts'
import { isId } from '#lib/base/ids.ts'
import type { Event } from '#lib/model/event.ts'
import type { Person } from '#lib/model/person.ts'
import { pictureUrlOf, thumbOf } from '#lib/model/picture.ts'
import type { Room } from '#lib/model/room.ts'
import { isPublic, type Session, startOf } from '#lib/model/session.ts'
import { shownName } from '#lib/model/shown-name.ts'
import type { Track } from '#lib/model/track.ts'
import { eventScope } from '#lib/store/event-scope.ts'
import { storedEvent } from '#lib/store/read/stored-event.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'

const listed = [
  'id',
  'name',
  'subtitle',
  'date',
  'start',
  'end',
  'endDate',
  'location',
  'status',
  'language',
  'roomId',
  'roles',
  'trackIds',
  'vr',
] as const
export type ListedSession = Pick<Session, (typeof listed)[number]>
export type ShownPerson = Pick<Person, 'id' | 'company' | 'title'> & {
  name: string
  picture: string
}

/** What anybody may read of an event: no drafts, nobody who is not to be shown. */
export type PublicProgramme<S = ListedSession> = {
  sessions: S[]
  tracks: Map<string, Track>
  rooms: Map<string, string>
  people: Map<string, ShownPerson>
}

/** The event of this id when it is published; missing and unpublished are the same. */
export async function publishedEvent(
  scope: Scope,
  id: string,
): Promise<{ event: Event; scope: EventScope }> {
  const known = isId('event', id) ? await getRow<{ org: string }>(scope, keys.published(id)) : null
  const event = known && (await storedEvent(scope, known.org, id))
  if (!known || !event?.published) throw new ApiError('event_not_found')
  return { event, scope: eventScope({ ...scope, org: known.org }, event) }
}

type Version = { sk: string; vr: number }

/**
 * What changes with everything that is shown, at a small part of the cost of reading it: versions of the sessions (all, or
 * one, by an id of ours), of tracks and rooms, and how often people with roles have come to be shown otherwise.
 */
export async function programmeState(scope: EventScope, session?: string): Promise<unknown> {
  if (session !== undefined && !isId('session', session)) throw new ApiError('session_not_found')
  const only = ['sk', 'vr']
  const [sessions, tracks, rooms, people] = await Promise.all([
    session === undefined
      ? queryRows<Version>(scope, { pk: keys.sessions(scope), only })
      : getRows<Version>(scope, [keys.session(scope, session)], only),
    queryRows<Version>(scope, { pk: keys.tracks(scope), only }),
    queryRows<Version>(scope, { pk: keys.plains(scope, 'room'), only }),
    getRows<{ n: number }>(scope, [keys.shownNames(scope), keys.shownPeople(scope)]),
  ])
  const versions = [...sessions, ...tracks, ...rooms].map(({ sk, vr }) => sk + vr)
  return [[...scope.deleting], versions, people]
}

/** All sessions by start, without their descriptions. */
export async function publicProgramme(scope: EventScope): Promise<PublicProgramme> {
  const pk = keys.sessions(scope)
  const rows = await queryRows<ListedSession>(scope, { pk, only: [...listed] })
  const sessions = rows
    .filter((row) => isPublic(row) && !scope.deleting.has(row.id))
    .map((row) => ({ row, at: `${startOf(row)}#${row.id}` }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ row }) => row)
  return shownWith(scope, sessions)
}

/** One session, whole; `session_not_found` for drafts too. */
export async function publicSession(
  scope: EventScope,
  id: string,
): Promise<PublicProgramme<Session>> {
  const row = isId('session', id)
    ? await getRow<Session>(scope, keys.session(scope, id))
    : undefined
  if (!row || !isPublic(row) || scope.deleting.has(id)) throw new ApiError('session_not_found')
  return shownWith(scope, [row])
}

async function shownWith<S extends ListedSession>(
  scope: EventScope,
  sessions: S[],
): Promise<PublicProgramme<S>> {
  const isThere = ({ id }: { id: string }) => !scope.deleting.has(id)
  const [tracks, rooms, people] = await Promise.all([
    queryRows<Track>(scope, { pk: keys.tracks(scope) }),
    queryRows<Room & { id: string }>(scope, { pk: keys.plains(scope, 'room') }),
    peopleWithRoles(scope, sessions),
  ])
  return {
    sessions,
    tracks: new Map(tracks.filter(isThere).map((track) => [track.id, track])),
    rooms: new Map(rooms.filter(isThere).map(({ id, name }) => [id, name])),
    people: new Map(people.map((one) => [one.id, one])),
  }
}

/** Whoever has a role in sessions, as far as they may be shown. */
async function peopleWithRoles(
  scope: EventScope,
  sessions: Pick<Session, 'roles'>[],
): Promise<ShownPerson[]> {
  const ids = sessions.flatMap(({ roles }) => Object.values(roles).flat())
  const rows = await getRows<Person>(
    scope,
    ids.map((id) => keys.person(scope, id)),
    ['id', 'firstName', 'lastName', 'company', 'title', 'picture', 'profile', 'hidden'],
  )
  return rows
    .filter(({ id, hidden }) => !hidden && !scope.deleting.has(id))
    .flatMap(shownPerson(scope))
}

const shownPerson =
  (scope: EventScope) =>
  (person: Person): ShownPerson[] => {
    const { id, company, title, picture } = person
    const name = shownName(person)
    if (name === '') return []
    const thumb = picture && { ...picture, key: thumbOf(picture.key) }
    return [{ id, company, title, name, picture: pictureUrlOf(thumb, scope) }]
  }
