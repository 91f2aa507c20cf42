import { limits } from '#lib/base/limits.ts'
import type { PlainKind } from '#lib/base/plain-kinds.ts'
import type { FieldOwner } from '#lib/model/custom-field.ts'
import { type CountedSet, countedSet, type Owner } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import type { EventScope, Scope } from '#lib/table/scope.ts'

/** Sets of the event itself: whoever adds to one of an event that is gone is told so. */
const ofEvent = (s: EventScope): Owner => ({
  key: keys.event(s.org, s.event),
  gone: 'event_not_found',
})
/** Of those sets the ones that the event's own answer counts. */
const shown = (s: EventScope) => ({ owner: ofEvent(s), shownIn: keys.eventOf(s, s.event) })
/** Sets of a document: whoever adds to one that is gone reads again and finds no owner. */
const of = (key: Key): Owner => ({ key, gone: 'conflict' })

/** The counted sets of an event and of all: where their rows and buckets are, and whose they are. */
export const sets = {
  // What is of an organisation needs no owner: it is always there.
  tokens: (s: Scope): CountedSet =>
    countedSet({ rows: keys.tokens(s), buckets: keys.tokenBuckets(s), bits: 4, kind: 'token' }),
  events: (s: Scope): CountedSet =>
    countedSet({ rows: keys.events(s), buckets: keys.eventBuckets(s), bits: 2, kind: 'event' }),
  people: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.people(s),
      buckets: keys.peopleBuckets(s),
      bits: 6,
      kind: 'person',
      ...shown(s),
    }),
  groups: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.groups(s),
      buckets: keys.groupBuckets(s),
      bits: 4,
      kind: 'group',
      ...shown(s),
    }),
  members: (s: EventScope, group: string): CountedSet =>
    countedSet({
      rows: keys.members(s, group),
      buckets: [keys.memberBuckets(s), group],
      bits: 4,
      kind: 'person',
      owner: of(keys.group(s, group)),
    }),
  attendees: (s: EventScope, session: string): CountedSet =>
    countedSet({
      rows: keys.attendees(s, session),
      buckets: keys.attendeeBuckets(s, session),
      bits: 4,
      kind: 'person',
      owner: of(keys.session(s, session)),
      crowds: true,
    }),
  /** Sessions are listed by their start, so they are counted by day. */
  sessionsOn: (s: EventScope, day: string): CountedSet =>
    countedSet({
      rows: keys.sessionOrders(s),
      range: { from: day, to: `${day}~` },
      buckets: [keys.sessionDays(s), day],
      bits: 4,
      kind: 'session',
      crowds: true,
      ...shown(s),
    }),
  tracks: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.tracks(s),
      buckets: keys.trackBuckets(s),
      bits: 2,
      kind: 'track',
      ...shown(s),
    }),
  plains: (s: EventScope, kind: PlainKind): CountedSet =>
    countedSet({
      rows: keys.plains(s, kind),
      buckets: keys.plainBuckets(s, kind),
      bits: 2,
      kind,
      owner: ofEvent(s),
    }),
  trackSessions: (s: EventScope, track: string): CountedSet =>
    countedSet({
      rows: keys.trackSessions(s, track),
      buckets: [keys.trackSessionBuckets(s), track],
      bits: 2,
      kind: 'session',
      owner: of(keys.track(s, track)),
    }),
  fields: (s: EventScope, owner: FieldOwner): CountedSet =>
    countedSet({
      rows: keys.fields(s, owner),
      buckets: [keys.fieldCount(s), owner],
      bits: 0,
      kind: 'field',
      ...shown(s),
      most: { rows: limits.customFields.value, field: 'field_name' },
    }),
  ticketTypes: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.ticketTypes(s),
      buckets: keys.ticketTypeCount(s),
      bits: 0,
      kind: 'ticketType',
      owner: ofEvent(s),
      most: { rows: limits.ticketTypes.value, field: 'name' },
    }),
  webhooks: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.webhooks(s),
      buckets: keys.webhookCount(s),
      bits: 0,
      kind: 'webhook',
      owner: ofEvent(s),
      most: { rows: limits.webhooks.value, field: 'url' },
    }),
  exports: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.exports(s),
      buckets: keys.exportCount(s),
      bits: 0,
      kind: 'export',
      owner: ofEvent(s),
      most: { rows: limits.exports.value, field: '' },
    }),
  feeds: (s: EventScope): CountedSet =>
    countedSet({ rows: keys.feeds(s), buckets: keys.feedBuckets(s), bits: 2, owner: ofEvent(s) }),
  /** Counts alone: who holds which ticket stands with the person. */
  holders: (s: EventScope, type: string): CountedSet =>
    countedSet({
      rows: keys.ticketHolders(s, type),
      buckets: [keys.ticketHolderBuckets(s), type],
      bits: 2,
      kind: 'person',
      owner: of(keys.ticketType(s, type)),
    }),
  pictures: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.pictures(s),
      buckets: keys.pictureBuckets(s),
      bits: 4,
      ...shown(s),
    }),
  /** Schedules, access groups and their users are listed by integer ids: these sets only keep their limits. */
  schedules: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.schedules(s),
      buckets: keys.scheduleCount(s),
      bits: 0,
      owner: ofEvent(s),
      most: { rows: limits.schedules.value, field: '' },
    }),
  accessGroups: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.scheduleGroups(s),
      buckets: keys.scheduleGroupCount(s),
      bits: 0,
      owner: ofEvent(s),
      most: { rows: limits.scheduleGroups.value, field: '' },
    }),
  accessUsers: (s: EventScope): CountedSet =>
    countedSet({
      rows: keys.scheduleUsers(s),
      buckets: keys.scheduleUserCount(s),
      bits: 0,
      owner: ofEvent(s),
      most: { rows: limits.scheduleUsers.value, field: '' },
    }),
}
