/** What two things at once can meet in, and what becomes of a write that makes them. */
export const clashKinds = ['room', 'speaker', 'attendee'] as const
export type ClashKind = (typeof clashKinds)[number]
export const policies = ['block', 'warn', 'ignore'] as const
export type ConflictPolicy = Record<ClashKind, (typeof policies)[number]>

/** Of an event that says nothing: agendas are wishes to many people. */
export const defaultPolicy: ConflictPolicy = { room: 'warn', speaker: 'warn', attendee: 'ignore' }

/** What a room or a person has for a time: milliseconds since 1970, the end not included. */
export type Engagement = {
  id: string
  what: 'session' | 'meeting'
  /** Of a session. */
  name: string
  as: 'room' | 'speaker' | 'attendee' | 'meeting'
  start: number
  end: number
  isDraft?: boolean
}

/** Two engagements of one room or person at the same time, the earlier one first. */
export type Clash = { kind: ClashKind; of: string; both: [Engagement, Engagement] }
