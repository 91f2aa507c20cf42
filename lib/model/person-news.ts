import type { Person } from './person.ts'
import { added, type News } from './telling.ts'

type Links = Pick<Person, 'id' | 'groupIds' | 'agenda' | 'ticket' | 'waits'>

/** What began or ended for a person: in groups and sessions, by roles, with a ticket. */
export function personNews(before: Links | undefined, after: Links): News[] {
  const [had, has] = [before ? linksOf(before) : noLinks, linksOf(after)]
  const told = (type: string, links: string[][]): News[] =>
    links.map(([one = '', role]) => ({ type, note: noteOf(type, after.id, one, role) }))
  const both = (object: string, of: keyof typeof noLinks): News[] => [
    ...told(`${object}.removed`, added(has[of], had[of]).map(parted)),
    ...told(`${object}.added`, added(had[of], has[of]).map(parted)),
  ]
  return [
    ...both('membership', 'groups'),
    ...attendanceNews(before, after),
    ...both('role', 'roles'),
    ...ticketNews(before, after),
  ]
}

/** A seat is told of once: as given, or as given to somebody who waited. Whoever gives up either has left. */
function attendanceNews(before: Links | undefined, after: Links): News[] {
  const [had, has] = [before ? linksOf(before) : noLinks, linksOf(after)]
  const [waited, waits] = [Object.keys(before?.waits ?? {}), Object.keys(after.waits ?? {})]
  const began = added(had.attends, has.attends)
  const promoted = began.filter((session) => waited.includes(session))
  const gaveUp = added(waits, waited).filter((session) => !has.attends.includes(session))
  const told = (type: string, sessions: string[]): News[] =>
    sessions.map((session_id) => ({
      type: `attendance.${type}`,
      note: { person_id: after.id, session_id },
    }))
  return [
    ...told('removed', [...added(has.attends, had.attends), ...gaveUp]),
    ...told('waitlisted', added(waited, waits)),
    ...told('promoted', promoted),
    ...told('added', added(promoted, began)),
  ]
}

const noLinks = { groups: [] as string[], attends: [] as string[], roles: [] as string[] }

const linksOf = ({ groupIds, agenda }: Links): typeof noLinks => {
  const entries = Object.entries(agenda)
  return {
    groups: [...(groupIds ?? [])],
    attends: entries.flatMap(([session, { attends }]) => (attends ? [session] : [])),
    roles: entries.flatMap(([session, { roles }]) => roles.map((role) => `${session} ${role}`)),
  }
}

const parted = (link: string): string[] => link.split(' ')

function noteOf(type: string, person: string, one: string, role: string | undefined) {
  if (type.startsWith('membership')) return { person_id: person, group_id: one }
  return { person_id: person, session_id: one, ...(role !== undefined && { role }) }
}

/** A ticket in place of another is issued; nobody is ever between the two. */
function ticketNews(before: Links | undefined, after: Links): News[] {
  const [had, has] = [before?.ticket?.type, after.ticket?.type]
  if (had === has) return []
  const note = { person_id: after.id, ticket_type_id: has ?? had ?? '' }
  return [{ type: has === undefined ? 'ticket.removed' : 'ticket.issued', note }]
}
