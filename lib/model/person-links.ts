import type { LinkChange } from './link.ts'
import type { AgendaEntry, Person } from './person.ts'

/** Relations as somebody wants them; absent ones stay as they are. */
export type WantedPerson = {
  groups?: string[]
  agenda?: Record<string, AgendaEntry>
}

/** The links that lead from what the person is in now to what is wanted. Speakers follows from roles. */
export function linksFor(
  person: Person,
  wanted: WantedPerson,
  isCustom: (group: string) => boolean,
): LinkChange[] {
  return [...groupLinks(person, wanted.groups, isCustom), ...agendaLinks(person, wanted.agenda)]
}

function groupLinks(
  person: Person,
  groups: string[] | undefined,
  isCustom: (id: string) => boolean,
) {
  if (!groups) return []
  const link = (group: string) => ({ kind: 'member' as const, person: person.id, group })
  const has = [...(person.groupIds ?? [])].filter(isCustom)
  return [
    ...has.filter((id) => !groups.includes(id)).map((id) => ({ link: link(id), added: false })),
    ...groups.filter((id) => !has.includes(id)).map((id) => ({ link: link(id), added: true })),
  ]
}

function agendaLinks(
  person: Person,
  agenda: Record<string, AgendaEntry> | undefined,
): LinkChange[] {
  if (!agenda) return []
  const none: AgendaEntry = { attends: false, roles: [] }
  const sessions = new Set([...Object.keys(person.agenda), ...Object.keys(agenda)])
  return [...sessions].flatMap((session) => {
    const before = person.agenda[session] ?? none
    const after = agenda[session] ?? none
    const base = { person: person.id, session }
    const roles = [...new Set([...before.roles, ...after.roles])]
    return [
      ...(before.attends === after.attends
        ? []
        : [{ link: { kind: 'attends' as const, ...base }, added: after.attends }]),
      ...roles
        .filter((role) => before.roles.includes(role) !== after.roles.includes(role))
        .map((role) => ({
          link: { kind: 'role' as const, ...base, role },
          added: after.roles.includes(role),
        })),
    ]
  })
}
