import type { Person } from '#lib/model/person.ts'
import { personNews } from '#lib/model/person-news.ts'
import { hides } from '#lib/model/privacy.ts'
import { speaker } from '#lib/model/session.ts'
import { isReshown, renamedIn } from '#lib/model/shown-name.ts'
import { changedFields } from '#lib/model/telling.ts'
import type { Derived, Kind } from '#lib/store/document.ts'
import { externalRows } from '#lib/store/external-ids.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import type { EventScope } from '#lib/table/scope.ts'

const taken = { error: 'duplicate_email', detail: { field: 'profile.email_address' } } as const

/** A person stands in their groups, their sessions and with their picture because their document says so. */
export const people: Kind<Person> = {
  name: 'person',
  missing: 'person_not_found',
  key: keys.person,
  set: sets.people,
  under: (scope, id) => [keys.relations(scope, id)],
  derived: (scope, person) => [
    ...externalRows(scope, 'person', person),
    ...(person.email
      ? [{ ...keys.email(scope, person.email), values: { to: person.id }, taken }]
      : []),
    ...memberRows(scope, person),
    ...(hides(person.profile) ? [keys.hiddenPerson(scope, person.id)] : []),
    ...agendaRows(scope, person),
    ...Object.entries(person.waits ?? {}).map(([session, place]) => ({
      ...keys.waiting(scope, session, place),
      values: { person: person.id },
    })),
    ...(person.picture ? [keys.pictureUse(scope, person.picture.id, person.id)] : []),
  ],
  renames: renamedIn,
  reshows: isReshown,
  counted: (scope, { ticket }) => (ticket ? [sets.holders(scope, ticket.type)] : []),
  telling: {
    silent: ['groupIds', 'agenda', 'ticket', 'booked', 'profile', 'waits'],
    also: ({ profile: had = {} }, { profile: has = {} }) => changedFields({}, had, has, ''),
    relations: personNews,
  },
}

const memberRows = (scope: EventScope, { id, groupIds }: Person): Derived[] =>
  [...(groupIds ?? [])].map((group) => ({
    ...keys.member(scope, group, id),
    in: sets.members(scope, group),
  }))

/** Attendance, and who has a role other than Speaker, which is a group. */
function agendaRows(scope: EventScope, { id, agenda }: Person): Derived[] {
  const entries = Object.entries(agenda)
  const roles = new Set(entries.flatMap(([, entry]) => entry.roles))
  roles.delete(speaker)
  return [
    ...entries.flatMap(([session, { attends }]) =>
      attends ? [{ ...keys.attendee(scope, session, id), in: sets.attendees(scope, session) }] : [],
    ),
    ...[...roles].map((role) => keys.roleHolder(scope, role, id)),
  ]
}
