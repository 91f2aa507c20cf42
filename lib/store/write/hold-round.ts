import { ApiError } from '#lib/base/errors.ts'
import { newHex } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, now } from '#lib/base/time.ts'
import { isVisible, type Match, type RoundLedger } from '#lib/model/networking.ts'
import { metKey, pair } from '#lib/model/pairing/pairing.ts'
import type { Candidate } from '#lib/model/pairing/score.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { covers } from '#lib/model/ticket.ts'
import { chunks, newJob } from '#lib/store/jobs/queue.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { findMany } from '#lib/store/read/references.ts'
import { keys, type RoundKey } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { type EventScope, type RecordedResponse, withoutRecording } from '#lib/table/scope.ts'
import { check, maxWrites, put, transact, type Write } from '#lib/table/transact.ts'
import { isReady } from './registrations.ts'
import { ticketTypes } from './ticket-types.ts'

export type Round = {
  round: number
  pairs: [string, string][]
  unmatched: string[]
  people: Map<string, Person>
}

const atOnce = 4

/**
 * Pairs all who are ready. The pairs are written first, where nobody sees them; the last transaction puts the
 * round's run into the head and so shows all of them at once. Of two rounds at the same time one gets there,
 * the other is `changed_meanwhile`, and a plan takes its rows away.
 */
export async function holdRound(
  scope: EventScope,
  session: Session,
  seed: string | undefined,
  reply: (round: Round) => RecordedResponse,
): Promise<RecordedResponse> {
  const head = await ledgerOf(scope, session.id)
  const made: RoundKey = { round: head.round + 1, run: newHex(8) }
  const before = await pairsBefore(scope, session.id, head)
  const people = await readyPeople(scope, session.id, before)
  if (people.size > limits.roundPeople.value) throw new ApiError('too_many_ready')
  const { pairs, unmatched } = pair([...people.values()].map(candidate), {
    met: new Set(before.map(({ a, b }) => metKey(a, b))),
    first: new Set(head.first),
    seed: seed ?? `${session.id}#${made.round}`,
  })
  const plan = newJob(scope, 'undo-round', { session: session.id, ...made }, 60_000)
  await transact(withoutRecording(scope), [plan.write])
  await writePairs(scope, session.id, made, pairs)
  const outcome = reply({ round: made.round, pairs, unmatched, people })
  const next: RoundLedger = {
    round: made.round,
    runs: [...head.runs, made.run],
    first: leftOut(head.first, pairs, unmatched),
    vr: head.vr + 1,
  }
  const when = head.vr === 0 ? { exists: false } : { vr: head.vr }
  await transact(
    scope,
    [
      put({ ...keys.networking(scope, session.id), ...next }, when, 'changed_meanwhile'),
      check(keys.session(scope, session.id), { exists: true }, 'session_not_found'),
      plan.complete,
    ],
    outcome,
  )
  return outcome
}

type Pair = { round: number; a: string; b: string }

/** Every pair of the rounds so far: their keys say it all. */
async function pairsBefore(scope: EventScope, session: string, head: RoundLedger): Promise<Pair[]> {
  const pk = keys.pairs(scope, session)
  const rows = await queryRows<{ sk: string }>(scope, { pk, from: 'M#', to: 'M#~', only: ['sk'] })
  return rows.flatMap(({ sk }) => {
    const [, round = '', run = '', a = '', b = ''] = sk.split('#')
    const made = { round: Number(round), run }
    return isVisible(head, made) ? [{ round: made.round, a, b }] : []
  })
}

/** Attendees who said that they are ready since they were last paired, and whose ticket still lets them in. */
async function readyPeople(scope: EventScope, session: string, before: Pair[]) {
  const paired = new Map<string, number>()
  for (const { round, a, b } of before) {
    for (const one of [a, b]) paired.set(one, Math.max(round, paired.get(one) ?? 0))
  }
  const pk = keys.attendees(scope, session)
  const [rows, types] = await Promise.all([
    queryRows<{ sk: string }>(scope, { pk, only: ['sk'] }),
    ticketTypes(scope),
  ])
  const entitled = new Set(types.filter((type) => covers(type, session)).map(({ id }) => id))
  const people = await findMany(
    scope,
    'person',
    rows.map(({ sk }) => sk),
  )
  const ready = [...people].filter(
    ([id, person]) =>
      isReady(person, session, paired.get(id) ?? 0) && entitled.has(person.ticket?.type ?? ''),
  )
  return new Map(ready)
}

const candidate = ({ id, title, company, profile = {} }: Person): Candidate => ({
  id,
  title,
  company,
  interests: profile.interests ?? [],
  knows: profile.knows ?? [],
  wantsToLearn: profile.wantsToLearn ?? [],
  wantsToMeet: profile.wantsToMeet ?? [],
})

async function writePairs(
  scope: EventScope,
  session: string,
  made: RoundKey,
  pairs: [string, string][],
): Promise<void> {
  const at = now()
  const writes = chunks(pairs, Math.floor(maxWrites / 3)).map((some) =>
    some.flatMap(([a, b]) => pairWrites(scope, session, made, at, a, b)),
  )
  for (const some of chunks(writes, atOnce)) {
    await Promise.all(some.map((batch) => transact(withoutRecording(scope), batch)))
  }
}

function pairWrites(
  scope: EventScope,
  session: string,
  made: RoundKey,
  at: Instant,
  a: string,
  b: string,
): Write[] {
  const match = (other: string): Match => ({ ...made, session, other, at, matchStarted: false })
  return [
    put({ ...keys.pair(scope, session, made, a, b), at }),
    put({ ...keys.match(scope, a, session, made), ...match(b) }),
    put({ ...keys.match(scope, b, session, made), ...match(a) }),
  ]
}

/** Whoever was left out before and was not there this time is still due. */
function leftOut(first: string[], pairs: [string, string][], unmatched: string[]): string[] {
  const paired = new Set(pairs.flat())
  return [...new Set([...first, ...unmatched])].filter((id) => !paired.has(id)).slice(-1000)
}
