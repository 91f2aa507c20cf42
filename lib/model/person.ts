import type { Instant } from '#lib/base/time.ts'
import type { ExternalId } from './external-id.ts'
import type { PictureRef } from './picture.ts'
import type { Profile } from './profile.ts'

/** What a person does in a session: attends it, has roles in it, or both. */
export type AgendaEntry = {
  attends: boolean
  roles: string[]
  /** In a networking session: free for the round after this one. */
  ready?: number
}
/** Milliseconds since 1970, and whom the meeting is with (rows of earlier versions do not say). */
export type Booked = { start: number; end: number; with?: string }
export type CustomValue = string | number | boolean | string[]

export type Person = {
  id: string
  firstName: string
  lastName: string
  /** Canonical, unique in the event; empty when there is none. */
  email: string
  company: string
  title: string
  about: string
  social: { twitter: string; facebook: string; linkedin: string; website: string }
  custom: Record<string, CustomValue>
  externalIds: ExternalId[]
  /** Groups joined, Speakers among them when some role makes the person a speaker; never Attendees. */
  groupIds?: Set<string>
  agenda: Record<string, AgendaEntry>
  /** Session → place in the line of those who wait for a seat in it. */
  waits?: Record<string, number>
  docs: string[]
  picture?: PictureRef
  profile?: Profile
  ticket?: { type: string; at: Instant } | undefined
  /**
   * Meetings that are booked, by id. They stand here so that the version of this row keeps a person from being
   * promised twice: whoever books or changes the agenda between is noticed.
   */
  booked?: Record<string, Booked>
  createdAt: Instant
  updatedAt: Instant
  vr: number
  /** The job that must be finished before anybody changes the document. */
  open?: string
  /** Deleted, with more links than went in one transaction: no answer shows them any more. */
  hidden?: 'deleted' | 'erased'
}
