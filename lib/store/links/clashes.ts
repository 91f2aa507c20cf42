import type { Clash, ClashKind } from '#lib/base/clash.ts'
import { ApiError } from '#lib/base/errors.ts'
import {
  boundAs,
  clashOf,
  engagement,
  engagementsOf,
  orderOf,
  takesUp,
} from '#lib/model/clashes.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { endDateOf } from '#lib/model/session-times.ts'
import { clashText, sessionInterval } from '#lib/model/spans.ts'
import { findMany } from '#lib/store/find-many.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import type { Write } from '#lib/table/writes.ts'
import type { Changeset, Staged } from './changeset.ts'
import { guardWrites } from './plan-guard.ts'

/** What a change brings that could clash: sessions at another time or in another room, people bound anew. */
type News = {
  moved: Session[]
  /** Whether one of them was there before: people may have joined it. */
  isKnown: boolean
  housed: Session[]
  /** Person → sessions. */
  bound: Map<string, Set<string>>
}

/** How many clashes an error names. */
const named = 20

/**
 * Judges a change by the conflict policy of the event: throws `schedule_conflict` for what is blocked, tells the scope
 * of what is to be warned of, and gives the writes that keep others from clashing with it unseen. Only what the change
 * brings is judged: whatever clashes already may be changed otherwise.
 */
export async function judgeClashes(changeset: Changeset, owner: string): Promise<Write[]> {
  const { scope } = changeset
  const news = newsOf(changeset)
  const moves = news.moved.length + news.housed.length > 0
  if (!moves && news.bound.size === 0) return []
  const joined = news.isKnown && ofPeople.some((kind) => scope.policy[kind] === 'block')
  const guarding = await guardWrites(scope, { moves, joined, ...(!moves && { kinds: ofPeople }) })
  const found = [...(await roomClashes(scope, news)), ...(await personClashes(changeset, news))]
  const clashes = found
    .filter(({ kind }) => scope.policy[kind] !== 'ignore')
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const blocked = clashes.filter(({ kind }) => scope.policy[kind] === 'block')
  if (blocked.length > 0) throw refusal(scope, news, blocked)
  scope.noticed?.(owner, clashes)
  return guarding
}

const ofPeople: ClashKind[] = ['speaker', 'attendee']

function newsOf({ scope, sessions, people }: Changeset): News {
  const { policy } = scope
  const taking = [...sessions.values()].filter(({ after }) => takesUp(after))
  const moved = taking.filter(isMoved)
  const housed = taking.filter(
    (one) =>
      policy.room !== 'ignore' &&
      one.after.roomId !== undefined &&
      !scope.deleting.has(one.after.roomId) &&
      (isMoved(one) || one.before?.roomId !== one.after.roomId),
  )
  const bound = new Map(
    [...people.values()].flatMap(({ before, after }) => {
      const fresh = Object.keys(after.agenda).filter((id) => {
        const as = boundAs(after.agenda[id])
        return as !== undefined && as !== boundAs(before?.agenda[id]) && isJudged(scope, as)
      })
      return fresh.length > 0 ? [[after.id, new Set(fresh)] as const] : []
    }),
  )
  const last = ({ after }: Staged<Session>) => after
  const isKnown = moved.some(({ before }) => before !== undefined)
  return { moved: moved.map(last), isKnown, housed: housed.map(last), bound }
}

const isJudged = ({ policy }: EventScope, as: 'speaker' | 'attendee'): boolean =>
  policy.attendee !== 'ignore' || (as === 'speaker' && policy.speaker !== 'ignore')

function isMoved({ before, after }: Staged<Session>): boolean {
  if (!before || before.status !== after.status) return true
  const times = ({ date, start, end }: Session) => `${date} ${start} ${end}`
  return times(before) !== times(after) || endDateOf(before) !== endDateOf(after)
}

async function roomClashes(scope: EventScope, { housed }: News): Promise<Clash[]> {
  const rooms = [...new Set(housed.flatMap(({ roomId }) => roomId ?? []))]
  const others = await Promise.all(rooms.map((room) => sessionsIn(scope, room, housed)))
  const at = (session: Session) => sessionInterval(session, scope.zone)
  return rooms.flatMap((room, n) => {
    const inRoom = housed.filter(({ roomId }) => roomId === room)
    const all = [...(others[n] ?? []), ...inRoom].filter(takesUp)
    return inRoom.flatMap((session, m) => {
      const one = engagement(session, 'room', at)
      // Of two that are both new, the later finds the earlier.
      const before = all.filter(({ id }) => !inRoom.slice(m).some((other) => other.id === id))
      return before.flatMap((other) => clashOf(room, one, engagement(other, 'room', at)) ?? [])
    })
  })
}

/** The sessions of a room but those that are being changed. */
async function sessionsIn(scope: EventScope, room: string, but: Session[]): Promise<Session[]> {
  const days = but.map((session) => endDateOf(session)).sort()
  // A day more, whatever the clocks do in between.
  const rows = await queryRows<{ id: string }>(scope, {
    pk: keys.roomSessions(scope, room),
    to: `${days.at(-1)}T99`,
    only: ['id'],
  })
  const ids = rows.map(({ id }) => id).filter((id) => !but.some((one) => one.id === id))
  return [...(await findMany(scope, 'session', ids)).values()]
}

async function personClashes(changeset: Changeset, { moved, bound }: News): Promise<Clash[]> {
  const { scope } = changeset
  const people = await peopleOf(changeset, moved, [...bound.keys()])
  const ids = people.flatMap(({ agenda }) => Object.keys(agenda))
  const fresh = await findMany(scope, 'session', people.length > 0 ? ids : [])
  const sessions = new Map([...fresh, ...moved.map((one) => [one.id, one] as const)])
  const at = (session: Session) => sessionInterval(session, scope.zone)
  const known = { sessions, gone: scope.deleting, at }
  return people.flatMap((person) => {
    const isNew = (id: string) =>
      moved.some((one) => one.id === id) || bound.get(person.id)?.has(id)
    const all = engagementsOf(person, known)
    return all.flatMap((one, n) =>
      all
        .slice(n + 1)
        .filter(({ id }) => isNew(one.id) || isNew(id))
        .flatMap((other) => clashOf(person.id, one, other) ?? []),
    )
  })
}

/** Everybody whom the change concerns, as they will be: those bound anew, and whom the moved sessions have already. */
async function peopleOf(
  { scope, people }: Changeset,
  moved: Session[],
  bound: string[],
): Promise<Person[]> {
  const { policy } = scope
  const isEmpty = policy.speaker === 'ignore' && policy.attendee === 'ignore'
  const holders = isEmpty ? [] : moved.flatMap(({ roles }) => Object.values(roles).flat())
  const attending = policy.attendee === 'ignore' ? [] : await attendeesOf(scope, moved)
  const ids = [...new Set([...bound, ...holders, ...attending])]
  const read = await findMany(
    scope,
    'person',
    ids.filter((id) => !people.has(id)),
  )
  return ids.flatMap((id) => people.get(id)?.after ?? read.get(id) ?? [])
}

async function attendeesOf(scope: EventScope, sessions: Session[]): Promise<string[]> {
  const pages = await Promise.all(
    sessions.map(({ id }) =>
      queryRows<{ sk: string }>(scope, { pk: keys.attendees(scope, id), only: ['sk'] }),
    ),
  )
  return pages.flat().map(({ sk }) => sk)
}

function refusal(scope: EventScope, news: News, clashes: Clash[]): ApiError {
  const errors = clashes.slice(0, named).map((clash) => ({
    field: fieldOf(news, clash),
    message: clashText(clash, scope.zone),
  }))
  const [first] = errors
  return new ApiError('schedule_conflict', { errors, field: first?.field ?? '' })
}

/** What of the body is to blame: where a session is held, when, or who was bound to it. */
function fieldOf({ moved, bound }: News, { kind, of, both }: Clash): string {
  if (kind === 'room') return 'room_id'
  if (both.some(({ id }) => bound.get(of)?.has(id))) {
    return kind === 'speaker' ? 'speakers' : 'attendees'
  }
  return moved.length > 0 ? 'session_start_time' : ''
}
