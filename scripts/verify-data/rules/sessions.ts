import type { Feed } from '#lib/model/calendar-feed.ts'
import type { Session } from '#lib/model/session.ts'
import { startOf } from '#lib/model/session.ts'
import { endDateOf } from '#lib/model/session-times.ts'
import type { TicketType } from '#lib/model/ticket.ts'
import type { Track } from '#lib/model/track.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import { countedIn } from '../counts.ts'
import { lineOf, nameOf, on, type Place, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { document, foundByIds, foundByName } from './documents.ts'
import { limitsSeats } from './seats.ts'

const kept = ['id', 'format', 'status', 'till']

function session(one: Session & Row, seen: Seen): void {
  const { scope } = seen
  const { id } = one
  document(seen, 'session', one)
  countedIn(seen, sets.sessionsOn(scope, one.date), id, () => [{ pk: keys.sessions(scope) }])
  foundByIds(seen, 'session', one)
  const start = startOf(one)
  const place = {
    id,
    format: one.format,
    ...(one.status && { status: one.status }),
    till: `${endDateOf(one)}T${one.end}`,
  }
  standsAt(seen, { ...keys.sessionOrder(scope, start, id), ...place })
  if (one.roomId !== undefined) {
    seen.needs('reference', keys.plain(scope, 'room', one.roomId))
    standsAt(seen, { ...keys.roomSession(scope, one.roomId, start, id), ...place })
  }
  for (const track of one.trackIds) {
    seen.needs('reference', keys.track(scope, track))
    seen.wants('track', { ...keys.trackSession(scope, track, id), at: start })
  }
  for (const field of Object.keys(one.custom))
    seen.needs('reference', keys.field(scope, 'sessions', field))
  for (const [role, people] of Object.entries(one.roles)) {
    for (const person of people)
      seen.agrees('role', `${nameOf(one)} ${role} ${person}`, -1, () => [
        keys.person(scope, person),
      ])
  }
  limitsSeats(one, seen)
}

/** A session has a place in an order, and says what that place says of it. */
function standsAt(seen: Seen, wanted: Row): void {
  const { pk, sk } = wanted
  seen.say({ rule: 'order', name: nameOf(wanted), by: 1, with: () => [{ pk, sk }], wanted })
  seen.isThere(lineOf(wanted))
}

/** Versions before 0.3 wrote places that say nothing but whose they are. */
function place(row: Row, seen: Seen): void {
  const { pk, sk } = row
  const session = owner(seen, sk.slice(sk.lastIndexOf('#') + 1))
  seen.stands('order', session)
  if (row.till === undefined) return
  const said = Object.fromEntries(kept.map((name) => [name, row[name]]))
  seen.needsNamed('order', lineOf({ pk, sk, ...said }), session)
}

const owner = (seen: Seen, id: unknown) => (): Place[] => [keys.session(seen.scope, String(id))]

export const sessionRules: Rules[] = [
  on<Session>(keys.sessions(s), session),
  on(keys.sessionOrders(s), place),
  on(keys.roomSessions(s, any), place),
  on(keys.attendees(s, any), ({ sk }, seen) => {
    seen.stands('attendee', () => [keys.person(seen.scope, sk)])
    countedIn(seen, sets.attendees(seen.scope, seen.args[0] ?? ''), sk)
  }),
  on<Track>(keys.tracks(s), (one, seen) => {
    document(seen, 'track', one)
    countedIn(seen, sets.tracks(seen.scope), one.id)
    foundByIds(seen, 'track', one)
    foundByName(seen, (name) => keys.trackName(seen.scope, name), one)
  }),
  on<{ to: string }>(keys.trackName(s, any).pk, ({ to }, seen) =>
    seen.stands('name', () => [keys.track(seen.scope, to)], ['to', 'name']),
  ),
  on(keys.trackSessions(s, any), ({ sk }, seen) => {
    seen.stands('track', owner(seen, sk), ['at'])
    countedIn(seen, sets.trackSessions(seen.scope, seen.args[0] ?? ''), sk)
  }),
  on(keys.planGuards(s), ({ sk }, seen) => {
    if (!/^[0-7]$/.test(sk)) seen.wrong('shape', 'a guard from 0 to 7', sk)
  }),
  on<{ n: number }>(keys.entryRevisions(s), ({ sk, n }, seen) => {
    if (!Number.isInteger(n)) seen.wrong('shape', 'a number of changes', String(n))
    if (sk.startsWith('ses_')) seen.needs('reference', keys.session(seen.scope, sk))
  }),
  on<TicketType>(keys.ticketTypes(s), (one, seen) => {
    document(seen, 'ticketType', one)
    countedIn(seen, sets.ticketTypes(seen.scope), one.id)
  }),
  on<Feed & { hash: string }>(keys.feeds(s), ({ id, org, event, person, hash, sk }, seen) => {
    if (id !== sk) seen.wrong('shape', `the feed of ${sk}`, `that of ${id}`)
    const owned = person === undefined ? {} : { person }
    seen.wants('feed', { ...keys.feed(hash), id, org, event, ...owned })
    if (person !== undefined) seen.needs('reference', keys.person(seen.scope, person))
    countedIn(seen, sets.feeds(seen.scope), sk)
  }),
]
