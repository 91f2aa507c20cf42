import type { LinkChange } from './link.ts'
import type { Session } from './session.ts'

/** Relations as somebody wants them, in this order; absent ones stay as they are. */
export type WantedSession = { roles?: Record<string, string[]>; tracks?: string[] }

/** The links that lead from what the session has now to what is wanted; what ends comes first. */
export function sessionLinks(session: Session, wanted: WantedSession): LinkChange[] {
  const changes: LinkChange[] = []
  for (const [role, people] of Object.entries(wanted.roles ?? {})) {
    const has = session.roles[role] ?? []
    const link = (person: string) => ({ kind: 'role', person, session: session.id, role }) as const
    changes.push(...between(has, people).map(({ id, added }) => ({ link: link(id), added })))
  }
  const link = (track: string) => ({ kind: 'track', session: session.id, track }) as const
  const tracks = wanted.tracks ? between(session.trackIds, wanted.tracks) : []
  changes.push(...tracks.map(({ id, added }) => ({ link: link(id), added })))
  return changes.sort((a, b) => Number(a.added) - Number(b.added))
}

/** Puts the session's relations into the wanted order; what is not wanted by name stays behind. */
export function inWantedOrder(session: Session, wanted: WantedSession): Session {
  const lists = Object.entries(session.roles).map(([role, people]) => [
    role,
    ordered(people, wanted.roles?.[role]),
  ])
  return {
    ...session,
    roles: Object.fromEntries(lists),
    trackIds: ordered(session.trackIds, wanted.tracks),
  }
}

function ordered(has: string[], wanted: string[] | undefined): string[] {
  if (!wanted) return has
  const there = new Set(has)
  return unique([...wanted.filter((id) => there.has(id)), ...has])
}

function between(before: string[], after: string[]) {
  const [had, has] = [new Set(before), new Set(after)]
  return [
    ...before.filter((id) => !has.has(id)).map((id) => ({ id, added: false })),
    ...after.filter((id) => !had.has(id)).map((id) => ({ id, added: true })),
  ]
}

const unique = (ids: string[]): string[] => [...new Set(ids)]
