import type { Person } from './person.ts'
import { added, type News } from './telling.ts'

type Links = Pick<Person, 'id' | 'groupIds' | 'agenda' | 'ticket'>

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
    ...both('attendance', 'attends'),
    ...both('role', 'roles'),
    ...ticketNews(before, after),
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
