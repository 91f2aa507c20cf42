import { type CountedSet, countedSet } from './buckets.ts'
import { keys } from './keys.ts'
import type { EventScope } from './scope.ts'

/** The counted sets of an event: where their rows and buckets are. */
export const sets = {
  people: (s: EventScope): CountedSet =>
    countedSet(keys.people(s), keys.peopleShelves(s), 6, 'person'),
  groups: (s: EventScope): CountedSet =>
    countedSet(keys.groups(s), keys.groupShelves(s), 4, 'group'),
  members: (s: EventScope, group: string): CountedSet =>
    countedSet(keys.members(s, group), [keys.memberShelves(s), group], 4, 'person'),
  attendees: (s: EventScope, session: string): CountedSet =>
    countedSet(keys.attendees(s, session), keys.attendeeShelves(s, session), 4, 'person'),
  tracks: (s: EventScope): CountedSet =>
    countedSet(keys.tracks(s), keys.trackShelves(s), 2, 'track'),
  trackSessions: (s: EventScope, track: string): CountedSet =>
    countedSet(keys.trackSessions(s, track), [keys.trackSessionShelves(s), track], 2, 'session'),
  /** Counts alone: who holds which ticket stands with the person. */
  holders: (s: EventScope, type: string): CountedSet =>
    countedSet(keys.ticketHolders(s, type), [keys.ticketHolderShelves(s), type], 2, 'person'),
  pictures: (s: EventScope): CountedSet => countedSet(keys.pictures(s), keys.pictureShelves(s), 4),
}
