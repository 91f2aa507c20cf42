import { kindOfId } from '#lib/base/ids.ts'
import { type PlainKind, plainNames } from '#lib/base/plain-kinds.ts'
import type { Field } from '#lib/model/custom-field.ts'
import type { Group } from '#lib/model/group.ts'
import type { Person } from '#lib/model/person.ts'
import { personWords } from '#lib/model/person-words.ts'
import { hides } from '#lib/model/privacy.ts'
import { speaker } from '#lib/model/session.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { countedIn, holdersPlaces } from '../counts.ts'
import { type Fault, nameOf, on, type Place, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { document, foundByIds, foundByName, shows } from './documents.ts'
import { bookedTimes } from './meetings.ts'

function person(one: Person & Row, seen: Seen): void {
  const { scope } = seen
  const { id } = one
  document(seen, 'person', one)
  countedIn(seen, sets.people(scope), id)
  foundByIds(seen, 'person', one)
  if (one.email) seen.wants('email', { ...keys.email(scope, one.email), to: id })
  if (hides(one.profile)) seen.wants('hidden', keys.hiddenPerson(scope, id))
  for (const field of Object.keys(one.custom))
    seen.needs('reference', keys.field(scope, 'people', field))
  if (one.ticket) {
    seen.needs('reference', keys.ticketType(scope, one.ticket.type))
    countedIn(seen, sets.holders(scope, one.ticket.type), id, holdersPlaces(seen))
  }
  shows(seen, one)
  inGroups(one, seen)
  speaks(one, seen)
  inSessions(one, seen)
  bookedTimes(one, seen)
  if (!one.hidden) words(one, seen)
}

function inGroups({ id, groupIds = new Set() }: Person, seen: Seen): void {
  for (const group of groupIds) {
    seen.needs('reference', keys.group(seen.scope, group))
    seen.wants('member', keys.member(seen.scope, group, id))
  }
}

/** Everybody by a number of their own: sums of them are equal where the people are. */
const weightOf = (id: string): number => Number.parseInt(id.slice(4, 10), 36) + 1

/** Who speaks is in the group of speakers, and nobody else: which one that is, its document says. */
function speaks({ id, groupIds = new Set(), agenda }: Person, seen: Seen): void {
  const isSpeaker = Object.values(agenda).some(({ roles }) => roles.includes(speaker))
  if (groupIds.size === 0 && !isSpeaker) return
  const adds: Record<string, number> = isSpeaker ? { speaking: weightOf(id), speakers: 1 } : {}
  for (const group of groupIds) {
    adds[`sum of ${group}`] = weightOf(id)
    adds[`size of ${group}`] = 1
  }
  seen.adds('speakers', seen.scope.e, adds, speakersPlaces(seen))
}

const speakersPlaces = (seen: Seen) => (): Place[] => [
  { pk: keys.people(seen.scope) },
  { pk: keys.groups(seen.scope) },
]

export function speakersFault(book: Record<string, number>): Fault | undefined {
  const mark = 'built-in '
  const group = Object.keys(book)
    .find((name) => name.startsWith(mark))
    ?.slice(mark.length)
  const { speaking = 0, speakers = 0 } = book
  if (group === undefined || speaking === (book[`sum of ${group}`] ?? 0)) return undefined
  const found = `${book[`size of ${group}`] ?? 0} in ${group}`
  return { rule: 'speakers', expected: `the ${speakers} who speak`, found }
}

function inSessions({ id, agenda, waits = {} }: Person, seen: Seen): void {
  const { scope } = seen
  const roles = new Set(Object.values(agenda).flatMap((entry) => entry.roles))
  for (const [session, entry] of Object.entries(agenda)) {
    const key = keys.session(scope, session)
    seen.needs('reference', key)
    if (entry.attends) seen.wants('attendee', keys.attendee(scope, session, id))
    for (const role of entry.roles)
      seen.agrees('role', `${nameOf(key)} ${role} ${id}`, 1, () => [key])
  }
  for (const role of roles)
    if (role !== speaker) seen.wants('role-holder', keys.roleHolder(scope, role, id))
  for (const [session, place] of Object.entries(waits))
    seen.wants('waiting', { ...keys.waiting(scope, session, place), person: id })
}

function words(one: Person, seen: Seen): void {
  const all = personWords(one)
  const text = all.join(' ')
  for (const word of all)
    seen.wants('words', { ...keys.word(seen.scope, word, one.id), id: one.id, text })
}

const owner = (seen: Seen) => (): Place[] => [keys.person(seen.scope, seen.row.sk)]

/** Where the document is to which a row leads, by the word for its kind. */
function documentOf(scope: EventScope, kind: string, id: string): Place[] {
  const of: Record<string, Place[]> = {
    person: [keys.person(scope, id)],
    group: [keys.group(scope, id)],
    session: [keys.session(scope, id)],
    track: [keys.track(scope, id)],
    field: [keys.field(scope, 'people', id), keys.field(scope, 'sessions', id)],
    ...Object.fromEntries(plainNames.map((name) => [name, [keys.plain(scope, name, id)]])),
  }
  return of[kind] ?? []
}

/** Whoever shows a picture, by their id. */
export const userOf = (scope: EventScope, id: string): Place[] =>
  documentOf(scope, kindOfId(id) ?? '', id)

function field(one: Field & Row, seen: Seen): void {
  document(seen, 'field', one)
  countedIn(seen, sets.fields(seen.scope, seen.args[0] as 'people'), one.id)
  foundByIds(seen, 'field', one)
}

function plain(one: Group & { picture?: Person['picture'] } & Row, seen: Seen): void {
  const kind = seen.args[0] as PlainKind
  document(seen, kind, one)
  countedIn(seen, sets.plains(seen.scope, kind), one.id)
  foundByIds(seen, kind, one)
  foundByName(seen, (name) => keys.plainName(seen.scope, kind, name), one)
  shows(seen, one as Parameters<typeof shows>[1])
}

export const peopleRules: Rules[] = [
  on<Person>(keys.people(s), person),
  on(keys.hiddenPerson(s, any).pk, (_, seen) => seen.stands('hidden', owner(seen))),
  on<{ to: string }>(keys.email(s, any).pk, ({ to }, seen) =>
    seen.stands('email', () => [keys.person(seen.scope, to)], ['to']),
  ),
  on<{ to: string }>(keys.external(s, any, any, any).pk, ({ to }, seen) =>
    seen.stands('external-id', () => documentOf(seen.scope, seen.args[0] ?? '', to), ['to']),
  ),
  on<Group>(keys.groups(s), (one, seen) => {
    document(seen, 'group', one)
    countedIn(seen, sets.groups(seen.scope), one.id)
    foundByIds(seen, 'group', one)
    foundByName(seen, (name) => keys.groupName(seen.scope, name), one)
    if (one.type === 'speakers')
      seen.adds('speakers', seen.scope.e, { [`built-in ${one.id}`]: 1 }, speakersPlaces(seen))
  }),
  on<{ to: string }>(keys.groupName(s, any).pk, ({ to }, seen) =>
    seen.stands('name', () => documentOf(seen.scope, 'group', to), ['to', 'name']),
  ),
  on(keys.members(s, any), ({ sk }, seen) => {
    seen.stands('member', owner(seen))
    countedIn(seen, sets.members(seen.scope, seen.args[0] ?? ''), sk)
  }),
  on(keys.roleHolders(s, any), (_, seen) => seen.stands('role-holder', owner(seen))),
  on<Field>(keys.fields(s, 'people'), field),
  on<{ id: string }>(keys.words(s, any), ({ sk, id }, seen) => {
    if (sk === keys.wordsComplete(seen.scope).sk) return
    seen.stands('words', () => [keys.person(seen.scope, id)], ['id', 'text'])
  }),
  on(keys.wordsComplete(s).pk, () => undefined),
  ...plainNames
    .slice(0, 1)
    .flatMap((kind): Rules[] => [
      on<Group>(keys.plains(s, kind), plain),
      on<{ to: string }>(keys.plainName(s, kind, any).pk, ({ to }, seen) =>
        seen.stands('name', () => documentOf(seen.scope, seen.args[0] ?? '', to), ['to', 'name']),
      ),
    ]),
]
