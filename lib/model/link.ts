/** One thing that is so between a person and a group or session, or a session and a track. */
export type Link =
  | { kind: 'member'; person: string; group: string }
  | { kind: 'attends'; person: string; session: string }
  | { kind: 'waits'; person: string; session: string }
  | { kind: 'role'; person: string; session: string; role: string }
  | { kind: 'track'; session: string; track: string }
export type LinkChange = { link: Link; added: boolean }

export const mentions = (link: Link, id: string): boolean => Object.values(link).includes(id)
