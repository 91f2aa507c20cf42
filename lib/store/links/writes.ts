import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { seatStep } from '#lib/store/write/seats.ts'
import { countWrites } from '#lib/table/buckets.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { put, remove, type Write } from '#lib/table/transact.ts'
import type { Changeset, Staged } from './changeset.ts'

/** The writes of all that was staged: changed documents, rows of the other sides, counts, seats. */
export function writesOf(work: Changeset): Write[] {
  const { scope } = work
  const counted = [...work.counts.values()].filter(({ all }) => all.length > 0)
  const counts = counted.flatMap(({ set, all, capped }) => [
    ...countWrites(set, all, capped),
    ...(capped ? seatStep(scope, set, all) : []),
  ])
  const document = (key: Key, { before, after }: Staged<Person> | Staged<Session>) =>
    work.removed.has(after.id)
      ? remove(key, versionOf(before), 'conflict')
      : put(row(key, before, after), versionOf(before), 'conflict')
  const isDue = (one: Staged<Person> | Staged<Session>) =>
    work.removed.has(one.after.id) || changed(one)
  const people = [...work.people.values()].filter(isDue)
  const sessions = [...work.sessions.values()].filter(isDue)
  return [
    ...people.map((one) => document(keys.person(scope, one.after.id), one)),
    ...sessions.map((one) => document(keys.session(scope, one.after.id), one)),
    ...[...work.rows.values()].map(({ write }) => write),
    ...counts,
  ]
}

const versionOf = (before: { vr: number } | undefined) =>
  before ? { vr: before.vr } : { exists: false }

/** A row as it is stored: the next version, and no empty set, which the store cannot hold. */
function row<T extends { vr: number }>(key: Key, before: T | undefined, after: T) {
  const vr = before ? before.vr + 1 : 1
  const all = { ...key, ...after, vr }
  return Object.fromEntries(
    Object.entries<unknown>(all).filter(([, value]) => !(value instanceof Set && value.size === 0)),
  ) as typeof all
}

const changed = ({ before, after }: Staged<unknown>): boolean => {
  if (!before) return true
  return JSON.stringify(before, setsAsLists) !== JSON.stringify(after, setsAsLists)
}
const setsAsLists = (key: string, value: unknown) => {
  if (key === 'pk' || key === 'sk') return undefined
  if (value instanceof Set) return value.size === 0 ? undefined : [...value].sort()
  return value
}
