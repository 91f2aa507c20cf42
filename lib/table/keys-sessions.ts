import { free, type Key, twelve } from './keys-form.ts'
import type { EventScope } from './scope.ts'

/** Sessions, who attends them, tracks and calendar feeds. */
export const sessionKeys = {
  session: (s: EventScope, session: string): Key => ({ pk: `${s.e}#S`, sk: session }),
  sessions: (s: EventScope) => `${s.e}#S`,
  sessionOrder: (s: EventScope, start: string, session: string): Key => ({
    pk: `${s.e}#ST`,
    sk: `${start}#${session}`,
  }),
  /** Sessions of a room by their start. */
  roomSession: (s: EventScope, room: string, start: string, session: string): Key => ({
    pk: `${s.e}#SL#${room}`,
    sk: `${start}#${session}`,
  }),
  roomSessions: (s: EventScope, room: string) => `${s.e}#SL#${room}`,
  /** Whoever plans moves all of these, and whoever only joins holds one: neither passes the other unseen. */
  planGuard: (s: EventScope, n: number): Key => ({ pk: `${s.e}#SG`, sk: String(n) }),
  planGuards: (s: EventScope) => `${s.e}#SG`,
  sessionOrders: (s: EventScope) => `${s.e}#ST`,
  shownNames: (s: EventScope): Key => ({ pk: `${s.e}#SN`, sk: '-' }),
  shownPeople: (s: EventScope): Key => ({ pk: `${s.e}#SN`, sk: '+' }),
  entryRevision: (s: EventScope, entry: string): Key => ({ pk: `${s.e}#SN`, sk: entry }),
  entryRevisions: (s: EventScope) => `${s.e}#SN`,
  sessionDays: (s: EventScope) => `${s.e}#SC`,
  attendee: (s: EventScope, session: string, person: string): Key => ({
    pk: `${s.e}#S#${session}`,
    sk: person,
  }),
  attendees: (s: EventScope, session: string) => `${s.e}#S#${session}`,
  attendeeBuckets: (s: EventScope, session: string) => `${s.e}#SA#${session}`,
  /** People with a session role other than Speaker, which is a group. */
  roleHolder: (s: EventScope, role: string, person: string): Key => ({
    pk: `${s.e}#SR#${role}`,
    sk: person,
  }),
  roleHolders: (s: EventScope, role: string) => `${s.e}#SR#${role}`,
  seats: (s: EventScope, session: string): Key => ({ pk: `${s.e}#SE#${session}`, sk: '-' }),
  /** A seat that a job has taken for somebody whose attendance it will write. */
  seatHold: (s: EventScope, session: string, job: string): Key => ({
    pk: `${s.e}#SE#${session}`,
    sk: `H#${job}`,
  }),
  /** A place in the line of a full session, in the order of acceptance. */
  waiting: (s: EventScope, session: string, place: number): Key => ({
    pk: `${s.e}#SE#${session}`,
    sk: `W#${twelve(place)}`,
  }),

  track: (s: EventScope, track: string): Key => ({ pk: `${s.e}#T`, sk: track }),
  tracks: (s: EventScope) => `${s.e}#T`,
  trackBuckets: (s: EventScope) => `${s.e}#TS`,
  trackName: (s: EventScope, name: string): Key => ({ pk: `${s.e}#TN`, sk: free(name) }),
  trackSession: (s: EventScope, track: string, session: string): Key => ({
    pk: `${s.e}#T#${track}`,
    sk: session,
  }),
  trackSessions: (s: EventScope, track: string) => `${s.e}#T#${track}`,
  trackSessionBuckets: (s: EventScope) => `${s.e}#TC`,

  feed: (hash: string): Key => ({ pk: `KF#${hash}`, sk: '-' }),
  feedOf: (s: EventScope, feed: string): Key => ({ pk: `${s.e}#CF`, sk: feed }),
  feeds: (s: EventScope) => `${s.e}#CF`,
  feedBuckets: (s: EventScope) => `${s.e}#CFC`,
}
