import { type EventClient, freshEvent } from '#test/support/factories.ts'

/** What should be so, in plain maps: the model that the product is held against. */
export type Entry = { attends: boolean; roles: Set<string> }
export type ModelSession = {
  capacity: number | null
  roles: Map<string, string[]>
  tracks: string[]
}
export type World = {
  at: EventClient
  people: Map<string, Map<string, Entry>>
  sessions: Map<string, ModelSession>
  tracks: Set<string>
  named: number
}

export const speaker = 'rol_speaker'
export const moderator = 'rol_moderator'
export const roleIds = [speaker, moderator]

export const newWorld = async (): Promise<World> => ({
  at: await freshEvent(),
  people: new Map(),
  sessions: new Map(),
  tracks: new Set(),
  named: 0,
})

export const entryOf = ({ people }: World, person: string, session: string): Entry =>
  people.get(person)?.get(session) ?? { attends: false, roles: new Set() }

/** Writes an entry on both sides of the model. */
export function setEntry(world: World, person: string, session: string, entry: Entry): void {
  const agenda = world.people.get(person)
  if (entry.attends || entry.roles.size > 0) agenda?.set(session, entry)
  else agenda?.delete(session)
  const held = world.sessions.get(session)
  for (const role of roleIds) {
    const list = held?.roles.get(role) ?? []
    if (list.includes(person) === entry.roles.has(role)) continue
    const others = list.filter((id) => id !== person)
    held?.roles.set(role, entry.roles.has(role) ? [...others, person] : others)
  }
}

export const attendeesOf = ({ people }: World, session: string): string[] =>
  [...people].filter(([, agenda]) => agenda.get(session)?.attends).map(([id]) => id)

/** Whether one more has a seat. */
export function hasSeat(world: World, session: string): boolean {
  const { capacity } = world.sessions.get(session) ?? { capacity: null }
  return capacity === null || attendeesOf(world, session).length < capacity
}

/** The living thing that a number names, the same number the same thing as long as nothing changes. */
export function pick(ids: Iterable<string>, n: number): string | undefined {
  const all = [...ids]
  return all[n % Math.max(all.length, 1)]
}

export const some = (ids: Iterable<string>, numbers: number[]): string[] => [
  ...new Set(numbers.flatMap((n) => pick(ids, n) ?? [])),
]
