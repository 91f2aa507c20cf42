import { createHash } from 'node:crypto'
import type { PlainKind } from '#lib/base/plain-kinds.ts'
import type { EventScope, RequestKey, Scope } from './scope.ts'

export type Key = { pk: string; sk: string }

type Made = { round: number; run: string }

/** Integer ids in the order of their numbers. */
const ten = (id: number): string => String(id).padStart(10, '0')
const twelve = (sequence: number): string => String(sequence).padStart(12, '0')
/** As many changes of an event lie in one partition. */
export const changesTogether = 10_000
const six = (round: number): string => String(round).padStart(6, '0')

/**
 * Every key of the table, as docs/data.md lists them. Ids have passed their grammar; free text enters only through `free`,
 * so no delimiter of a client's making ever reaches a key.
 */
const free = (text: string): string => {
  const escaped = encodeURIComponent(text)
  return escaped.length <= 200 ? escaped : `~${createHash('sha256').update(text).digest('hex')}`
}

export const keys = {
  token: (hash: string): Key => ({ pk: `K#${hash}`, sk: 'K' }),
  tokenOf: (s: Scope, token: string): Key => ({ pk: `${s.org}#K`, sk: token }),
  tokens: (s: Scope) => `${s.org}#K`,

  event: (org: string, event: string): Key => ({ pk: `${org}#${event}`, sk: 'E' }),
  eventOf: (s: Scope, event: string): Key => ({ pk: `${s.org}#E`, sk: event }),
  events: (s: Scope) => `${s.org}#E`,
  slug: (s: Scope, slug: string): Key => ({ pk: `${s.org}#ES#${free(slug)}`, sk: '-' }),
  eventNumber: (s: Scope, number: number): Key => ({ pk: `${s.org}#EN#${number}`, sk: '-' }),
  eventExternal: (s: Scope, system: string, id: string): Key => ({
    pk: `${s.org}#EX#${free(system)}#${free(id)}`,
    sk: '-',
  }),
  counter: (s: Scope, family: string): Key => ({ pk: `${s.org}#N#${family}`, sk: '-' }),
  sharedCounter: (family: string): Key => ({ pk: `N#${family}`, sk: '-' }),
  /** The organisation that an operator's token was given, found by the hash of its text. */
  operator: (hash: string): Key => ({ pk: `KO#${hash}`, sk: '-' }),

  person: (s: EventScope, person: string): Key => ({ pk: `${s.e}#P`, sk: person }),
  people: (s: EventScope) => `${s.e}#P`,
  peopleBuckets: (s: EventScope) => `${s.e}#PC`,
  /** People who are not to be shown to others. */
  hiddenPerson: (s: EventScope, person: string): Key => ({ pk: `${s.e}#PH`, sk: person }),
  email: (s: EventScope, email: string): Key => ({ pk: `${s.e}#M#${free(email)}`, sk: '-' }),
  external: (s: EventScope, kind: string, system: string, id: string): Key => ({
    pk: `${s.e}#X#${kind}#${free(system)}#${free(id)}`,
    sk: '-',
  }),

  group: (s: EventScope, group: string): Key => ({ pk: `${s.e}#G`, sk: group }),
  groups: (s: EventScope) => `${s.e}#G`,
  groupBuckets: (s: EventScope) => `${s.e}#GS`,
  groupName: (s: EventScope, name: string): Key => ({ pk: `${s.e}#GN`, sk: free(name) }),
  member: (s: EventScope, group: string, person: string): Key => ({
    pk: `${s.e}#G#${group}`,
    sk: person,
  }),
  members: (s: EventScope, group: string) => `${s.e}#G#${group}`,
  memberBuckets: (s: EventScope) => `${s.e}#GC`,

  field: (s: EventScope, of: 'people' | 'sessions', field: string): Key => ({
    pk: `${s.e}#F#${of}`,
    sk: field,
  }),
  fields: (s: EventScope, of: 'people' | 'sessions') => `${s.e}#F#${of}`,
  fieldCount: (s: EventScope) => `${s.e}#FC`,

  session: (s: EventScope, session: string): Key => ({ pk: `${s.e}#S`, sk: session }),
  sessions: (s: EventScope) => `${s.e}#S`,
  sessionOrder: (s: EventScope, start: string, session: string): Key => ({
    pk: `${s.e}#ST`,
    sk: `${start}#${session}`,
  }),
  sessionOrders: (s: EventScope) => `${s.e}#ST`,
  shownNames: (s: EventScope): Key => ({ pk: `${s.e}#SN`, sk: '-' }),
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

  plain: (s: EventScope, kind: PlainKind, id: string): Key => ({ pk: `${s.e}#D#${kind}`, sk: id }),
  plains: (s: EventScope, kind: PlainKind) => `${s.e}#D#${kind}`,
  plainBuckets: (s: EventScope, kind: PlainKind) => `${s.e}#DC#${kind}`,
  plainName: (s: EventScope, kind: PlainKind, name: string): Key => ({
    pk: `${s.e}#DN#${kind}`,
    sk: free(name),
  }),

  feed: (hash: string): Key => ({ pk: `KF#${hash}`, sk: '-' }),
  feedOf: (s: EventScope, feed: string): Key => ({ pk: `${s.e}#CF`, sk: feed }),
  feeds: (s: EventScope) => `${s.e}#CF`,

  ticketType: (s: EventScope, type: string): Key => ({ pk: `${s.e}#K`, sk: type }),
  ticketTypes: (s: EventScope) => `${s.e}#K`,
  ticketTypeCount: (s: EventScope) => `${s.e}#KC`,
  ticketHolders: (s: EventScope, type: string) => `${s.e}#K#${type}`,
  ticketHolderBuckets: (s: EventScope) => `${s.e}#KS`,

  networking: (s: EventScope, session: string): Key => ({ pk: `${s.e}#N#${session}`, sk: 'H' }),
  pair: (s: EventScope, session: string, made: Made, [a, b]: [string, string]): Key => ({
    pk: `${s.e}#N#${session}`,
    sk: `M#${six(made.round)}#${made.run}#${a}#${b}`,
  }),
  pairs: (s: EventScope, session: string) => `${s.e}#N#${session}`,
  /** What a person has with others and alone; what two share stands under both. */
  relations: (s: EventScope, person: string) => `${s.e}#R#${person}`,
  connection: (s: EventScope, person: string, other: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `C#${other}`,
  }),
  meeting: (s: EventScope, person: string, meeting: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `W#${meeting}`,
  }),
  /** What a person asks of others and is asked by them, so far unanswered. */
  meetingRequests: (s: EventScope, person: string): Key => ({ pk: `${s.e}#R#${person}`, sk: 'Q' }),
  match: (s: EventScope, person: string, session: string, made: Made): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `N#${session}#${six(made.round)}#${made.run}`,
  }),
  personToken: (s: Pick<EventScope, 'e'>, person: string, token: string): Key => ({
    pk: `${s.e}#R#${person}`,
    sk: `K#${token}`,
  }),

  picture: (s: EventScope, picture: string): Key => ({ pk: `${s.e}#I`, sk: picture }),
  pictures: (s: EventScope) => `${s.e}#I`,
  pictureBuckets: (s: EventScope) => `${s.e}#IS`,
  pictureUse: (s: EventScope, picture: string, person: string): Key => ({
    pk: `${s.e}#I#${picture}`,
    sk: person,
  }),
  pictureUses: (s: EventScope, picture: string) => `${s.e}#I#${picture}`,

  scheduleByNumber: (s: Scope, id: number): Key => ({ pk: `${s.org}#HI#${id}`, sk: '-' }),
  scheduleByGuid: (s: Scope, guid: string): Key => ({ pk: `${s.org}#HG#${guid}`, sk: '-' }),
  schedule: (s: EventScope, id: number): Key => ({ pk: `${s.e}#H`, sk: ten(id) }),
  schedules: (s: EventScope) => `${s.e}#H`,
  scheduleCount: (s: EventScope) => `${s.e}#HC`,
  scheduleGroup: (s: EventScope, id: number): Key => ({ pk: `${s.e}#HR`, sk: ten(id) }),
  scheduleGroups: (s: EventScope) => `${s.e}#HR`,
  scheduleGroupCount: (s: EventScope) => `${s.e}#HRC`,
  scheduleAccess: (s: EventScope, key: string): Key => ({ pk: `${s.e}#HA#${free(key)}`, sk: '-' }),
  scheduleUser: (s: EventScope, id: number): Key => ({ pk: `${s.e}#HU`, sk: ten(id) }),
  scheduleUsers: (s: EventScope) => `${s.e}#HU`,
  scheduleUserCount: (s: EventScope) => `${s.e}#HUL`,
  scheduleUserSegments: (s: EventScope) => `${s.e}#HUC`,
  scheduleEmail: (s: EventScope, email: string, group: number): Key => ({
    pk: `${s.e}#HM#${free(email)}`,
    sk: ten(group),
  }),
  scheduleEmails: (s: EventScope, email: string) => `${s.e}#HM#${free(email)}`,
  scheduleLog: (s: EventScope, schedule: number, timeIn: number, id: number): Key => ({
    pk: `${s.e}#HL#${schedule}`,
    sk: `${String(timeIn).padStart(15, '0')}#${ten(id)}`,
  }),
  scheduleLogs: (s: EventScope, schedule: number) => `${s.e}#HL#${schedule}`,
  scheduleLogSegments: (s: EventScope, schedule: number) => `${s.e}#HLC#${schedule}`,
  scheduleStay: (s: EventScope, schedule: number, user: number, day: string): Key => ({
    pk: `${s.e}#HD#${schedule}`,
    sk: `${ten(user)}#${day}`,
  }),
  scheduleStays: (s: EventScope, schedule: number) => `${s.e}#HD#${schedule}`,
  /** Logs with personal values by day and instant of their arrival, over all organisations. */
  scheduleErasure: (day: string, bucket: number, sk: string): Key => ({
    pk: `HX#${day}#${bucket}`,
    sk,
  }),
  scheduleErasures: (day: string, bucket: number) => `HX#${day}#${bucket}`,
  scheduleErasureDay: (day: string): Key => ({ pk: 'HX', sk: day }),
  scheduleErasureDays: () => 'HX',

  /** What happened in an event: how far it is numbered, the changes themselves, and those that are about one object. */
  changesHead: (s: EventScope): Key => ({ pk: `${s.e}#L`, sk: 'H' }),
  change: (s: EventScope, sequence: number): Key => ({
    pk: `${s.e}#L#${Math.floor(sequence / changesTogether)}`,
    sk: twelve(sequence),
  }),
  changes: (s: EventScope, sequence: number) =>
    `${s.e}#L#${Math.floor(sequence / changesTogether)}`,
  /** A change under its own object, once however often its record is read. */
  ownChange: (s: EventScope, object: string, change: string): Key => ({
    pk: `${s.e}#LO#${free(object)}`,
    sk: `O#${change}`,
  }),
  /** A change under whatever else it is about. */
  otherChange: (s: EventScope, object: string, sequence: number): Key => ({
    pk: `${s.e}#LO#${free(object)}`,
    sk: `S#${twelve(sequence)}`,
  }),
  objectChanges: (s: EventScope, object: string) => `${s.e}#LO#${free(object)}`,
  /** Events of all organisations that have changes, also those that are deleted since. */
  numbered: (s: EventScope): Key => ({ pk: 'LE', sk: `${s.org}#${s.event}` }),
  everyNumbered: () => 'LE',
  /** A beat that goes through the stream, and the last one that came out of it. */
  streamBeat: (): Key => ({ pk: 'LF', sk: 'B' }),
  streamFollowed: (): Key => ({ pk: 'LF', sk: 'S' }),
  /** Who deleted something, and in which request. */
  deletion: (s: EventScope, id: string): Key => ({ pk: `${s.e}#D`, sk: id }),

  /** Work that one transaction did not hold, and its place in the queue: in the order in which it is due. */
  job: (job: string): Key => ({ pk: `J#${job}`, sk: '-' }),
  queued: (due: string, job: string): Key => ({ pk: 'Z', sk: `${due}#${job}` }),
  queue: () => 'Z',
  setAside: (job: string): Key => ({ pk: 'ZA', sk: job }),
  allSetAside: () => 'ZA',

  recorded: ({ org, token, key }: RequestKey): Key => ({
    pk: `${org}#Y#${token}#${free(key)}`,
    sk: '-',
  }),
  /** Says for a day that answers recorded about somebody must not be shown again. */
  erased: ({ org }: Pick<Scope, 'org'>, name: string): Key => ({
    pk: `${org}#YE#${createHash('sha256').update(name).digest('hex')}`,
    sk: '-',
  }),
}
