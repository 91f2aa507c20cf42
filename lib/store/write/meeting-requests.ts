import { limits } from '#lib/base/limits.ts'
import { nowMillis } from '#lib/base/time.ts'
import { isOpen, type Meeting } from '#lib/model/meeting.ts'
import {
  countedRequests,
  type MeetingRequests,
  type SentRequest,
  sentRequest,
  tooManySent,
  tooManyWaiting,
} from '#lib/model/meeting-requests.ts'
import { meetingRows } from '#lib/store/read/meetings.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { check, put, update, type Write } from '#lib/table/writes.ts'

type Turn = { before: Meeting | undefined; after: Meeting }

/** A request that is being answered may end meanwhile: what is nearly over is counted as if it were open. */
const graceMs = 60_000
/** Counting anew reads all meetings of a person, so it is done so often at most. */
const countedAgainMs = 10_000

/**
 * The writes that keep the open requests of both in step with a meeting. Whoever asks does so under the version of
 * their own, and counts the request in with the receiver while a limit allows: racing passes neither.
 */
export async function requestWrites(scope: EventScope, turn: Turn): Promise<Write[]> {
  const { before, after } = turn
  const was = before !== undefined && isOpen(before, nowMillis())
  const is = isOpen(after, nowMillis())
  const stays = was && is && before.sender === after.sender
  if ((!was && !is) || (stays && before.end === after.end)) return []
  if (!is)
    return before
      ? [ended(scope, before.sender, before.id, 0), ended(scope, before.receiver, '', -1)]
      : []
  const mine = await senderAllowed(scope, turn)
  if (!stays) await receiverAllowed(scope, after.receiver)
  const returned = was && !stays
  return [
    asked(scope, turn, mine, returned ? -1 : 0),
    ...(stays ? [] : [waiting(scope, after, returned)]),
  ]
}

/** What the sender has asked, when they may have this one as well. */
async function senderAllowed(scope: EventScope, { before, after }: Turn): Promise<MeetingRequests> {
  const refusal = (one: MeetingRequests) => tooManySent(one, after, !before, nowMillis())
  return allowed(scope, after.sender, refusal)
}

const receiverAllowed = (scope: EventScope, receiver: string): Promise<MeetingRequests> =>
  allowed(scope, receiver, tooManyWaiting)

/** The requests of a person, counted anew before anything is refused for them. */
async function allowed(
  scope: EventScope,
  person: string,
  refusal: (one: MeetingRequests) => Error | undefined,
): Promise<MeetingRequests> {
  const known = await getRow<MeetingRequests>(scope, keys.meetingRequests(scope, person))
  const refused = known && refusal(known)
  if (known && !refused) return known
  if (refused && known.counted > nowMillis() - countedAgainMs) throw refused
  const counted = await countAnew(scope, person, known)
  const still = refusal(counted)
  if (still) throw still
  return counted
}

async function countAnew(
  scope: EventScope,
  person: string,
  known: MeetingRequests | undefined,
): Promise<MeetingRequests> {
  const at = nowMillis()
  const meetings = await meetingRows(scope, person)
  const { all, ...open } = countedRequests(person, meetings, scope.deleting, at - graceMs)
  const next: MeetingRequests = {
    ...open,
    all: Math.max(all, known?.all ?? 0),
    vr: (known?.vr ?? 0) + 1,
    moves: (known?.moves ?? 0) + 1,
    counted: at,
  }
  const when = known ? { equals: { moves: known.moves } } : { exists: false }
  const row = { ...keys.meetingRequests(scope, person), ...next }
  await transact({ org: scope.org, deadline: scope.deadline }, [put(row, when, 'conflict')])
  return next
}

/** Puts a request among those of its sender, and takes out what is over. */
function asked(
  scope: EventScope,
  { before, after }: Turn,
  { sent, vr }: MeetingRequests,
  ct: number,
): Write {
  const over = Object.entries(sent).filter(
    ([id, { end }]) => id !== after.id && end <= nowMillis() - graceMs,
  )
  const paths: [string[], SentRequest | undefined][] = [
    [['sent', after.id], sentRequest(after)],
    ...over.map(([id]): [string[], undefined] => [['sent', id], undefined]),
  ]
  const add = { vr: 1, moves: 1, ...(ct !== 0 && { ct }), ...(!before && { all: 1 }) }
  const key = keys.meetingRequests(scope, after.sender)
  return update(key, { paths, add }, { vr }, 'conflict')
}

/** Counts a request in with its receiver; what they had asked themselves is no request of theirs any more. */
function waiting(scope: EventScope, { id, receiver }: Meeting, returned: boolean): Write {
  const key = keys.meetingRequests(scope, receiver)
  const change = {
    add: { ct: 1, moves: 1 },
    ...(returned && { paths: [[['sent', id], undefined]] as [string[], undefined][] }),
  }
  const most = limits.requestsToAnswer.value - 1
  return update(key, change, { exists: true, atMost: ['ct', most] }, 'conflict')
}

/** Takes an open request out on one side; where nothing was ever counted there is nothing to take out. */
function ended(scope: EventScope, person: string, id: string, ct: number): Write {
  const key = keys.meetingRequests(scope, person)
  const change = {
    add: { moves: 1, ...(ct !== 0 && { ct }) },
    ...(id !== '' && { paths: [[['sent', id], undefined]] as [string[], undefined][] }),
  }
  return update(key, change, { exists: true }, (existing) =>
    existing ? new VersionConflict() : check(key, { exists: false }, 'conflict'),
  )
}
