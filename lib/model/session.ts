import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'
import type { CustomValue } from './person.ts'

/** The two session roles. */
export const roles = [
  { id: 'rol_speaker', name: 'Speaker' },
  { id: 'rol_moderator', name: 'Moderator' },
] as const
export type RoleId = (typeof roles)[number]['id']
export const speaker: RoleId = 'rol_speaker'

/** The role that a client names by id or by name, in any letter case. */
export const roleNamed = (text: string): RoleId | undefined =>
  roles.find(({ id, name }) => id === text || name.toLowerCase() === text.toLowerCase())?.id

export const formats = [
  'MAIN_STAGE',
  'BREAKOUT_SESSION',
  'MEET_UP',
  'WORKSHOP',
  'EXPO',
  'BREAK',
  'OTHER',
] as const

/** A draft is seen by organisers and staff alone; what is cancelled stays, and says so. */
export const statuses = ['SCHEDULED', 'DRAFT', 'CANCELLED'] as const

export type Session = {
  id: string
  name: string
  /** Sanitised HTML. */
  description: string
  /** Local in the event's zone: YYYY-MM-DD and HH:MM (lib/model/session-times.ts). */
  date: string
  start: string
  end: string
  /** The local day of the end, where the times do not say it. */
  endDate?: string
  format: (typeof formats)[number]
  location: string
  /** Scheduled unless said. */
  status?: Exclude<(typeof statuses)[number], 'SCHEDULED'>
  subtitle?: string
  /** As BCP 47 says; the event's unless said. */
  language?: string
  roomId?: string
  capacity?: number
  /** Whoever finds it full may wait for a seat. */
  waitlist?: boolean
  /** Role id → people, in the order given. */
  roles: Record<string, string[]>
  trackIds: string[]
  links: { name: string; url: string }[]
  docs: string[]
  custom: Record<string, CustomValue>
  externalIds: ExternalId[]
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** The job that must be finished before anybody changes the document. */
  open?: string
}

/** Local start as `YYYY-MM-DDTHH:MM`: what sessions are in order of, whatever becomes of the event's zone. */
export const startOf = ({ date, start }: Pick<Session, 'date' | 'start'>): string =>
  `${date}T${start}`

/** Whether attendees, and whoever reads a programme, may know of it. */
export const isPublic = ({ status }: Pick<Session, 'status'>): boolean => status !== 'DRAFT'
/** Whether it takes place as far as attendees know: nobody is busy by what is cancelled. */
export const takesPlace = ({ status }: Pick<Session, 'status'>): boolean => status === undefined
