import type { Connection } from '#lib/model/connection.ts'
import type { Meeting } from '#lib/model/meeting.ts'
import { otherOf } from '#lib/model/meeting.ts'
import type { MeetingRequests } from '#lib/model/meeting-requests.ts'
import type { Person } from '#lib/model/person.ts'
import { keys } from '#lib/table/keys.ts'
import { lineOf, nameOf, type Row, type Seen, textOf } from '../facts.ts'

/** What is over at this moment may be forgotten on one side, and is not asked about. */
export const clock = { now: Date.now() }

/** The times that a person's document holds for meetings: in each stands a meeting, and none is in another. */
export function bookedTimes({ id, booked = {} }: Person, seen: Seen): void {
  const { scope } = seen
  const all = Object.entries(booked).sort(([, a], [, b]) => a.start - b.start)
  for (const [n, [meeting, { start, end }]] of all.entries()) {
    const before = all[n - 1]
    if (before && before[1].end > start)
      seen.wrong('double-booked', 'meetings one after the other', `${before[0]} and ${meeting}`)
    if (end <= clock.now) continue
    const key = keys.meeting(scope, id, meeting)
    seen.agrees('booked', `${nameOf(key)} ${start} ${end}`, 1, () => [key])
  }
}

export function connection(row: Connection & Row, seen: Seen, me: string): void {
  const { other, status, by, rejectedBy, createdAt, updatedAt, vr } = row
  const { scope } = seen
  seen.needs('reference', keys.person(scope, other))
  if (row.sk !== keys.connection(scope, me, other).sk)
    seen.wrong('shape', `a connection with ${other}`, row.sk)
  const said = textOf({ status, by, rejectedBy, createdAt, updatedAt, vr })
  const name = `${scope.e} ${[me, other].sort().join(' ')} ${said}`
  seen.agrees('connection', name, me < other ? 1 : -1, () => [keys.connection(scope, other, me)])
}

export function meeting(row: Meeting & Row, seen: Seen, me: string): void {
  const { scope } = seen
  const { id, sender, receiver, status } = row
  const other = otherOf(row, me)
  if ((me !== sender && me !== receiver) || sender === receiver) {
    seen.wrong('shape', `a meeting of ${me}`, `one of ${sender} and ${receiver}`)
    return
  }
  seen.needs('reference', keys.person(scope, other))
  const name = `${scope.e} ${lineOf({ ...row, pk: '', sk: '' })}`
  const there = () => [keys.meeting(scope, other, id)]
  seen.agrees('meeting', name, me < other ? 1 : -1, there)
  const [start, end] = [Date.parse(row.start), Date.parse(row.end)]
  if (end <= clock.now) return
  if (status === 'BOOKED') {
    const owner = () => [keys.person(scope, me)]
    seen.agrees('booked', `${nameOf(row)} ${start} ${end}`, -1, owner)
  }
  if (status === 'CREATED') asked(row, seen, me)
}

/** An open request: among those of its sender, and counted with its receiver. */
function asked({ id, sender, end }: Meeting, seen: Seen, me: string): void {
  const key = keys.meetingRequests(seen.scope, me)
  if (me !== sender) {
    const all = { pk: keys.relations(seen.scope, me), from: 'W#', to: 'W#~' }
    seen.adds('requests', nameOf(key), { open: 1 }, () => [key, all])
    return
  }
  seen.needsNamed('requests', `${nameOf(key)} ${id} ${Date.parse(end)}`, () => [key])
}

export function requests({ sent, ct }: MeetingRequests, seen: Seen, me: string): void {
  const name = nameOf(seen.row)
  for (const [id, { end }] of Object.entries(sent)) seen.isThere(`${name} ${id} ${end}`)
  const all = { pk: keys.relations(seen.scope, me), from: 'W#', to: 'W#~' }
  // What ended without an answer is counted until all is counted anew.
  seen.adds('requests', name, { there: 1, counted: ct }, () => [seen.row, all])
}

export const requestsFault = ({ there, counted = 0, open = 0 }: Record<string, number>) =>
  there && counted < open
    ? { rule: 'requests', expected: `at least ${open} to answer`, found: `${counted}` }
    : undefined
