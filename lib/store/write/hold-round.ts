import { ApiError } from '#lib/base/errors.ts'
import { newHex } from '#lib/base/ids.ts'
import { limits } from '#lib/base/limits.ts'
import { type Instant, now } from '#lib/base/time.ts'
import {
  isReady,
  isVisible,
  type Match,
  nextLedger,
  type Pair,
  type RoundKey,
  type RoundLedger,
} from '#lib/model/networking.ts'
import { metKey, pair } from '#lib/model/pairing/pairing.ts'
import type { Candidate } from '#lib/model/pairing/score.ts'
import type { Person } from '#lib/model/person.ts'
import type { Session } from '#lib/model/session.ts'
import { covers, type TicketType } from '#lib/model/ticket.ts'
import { findMany } from '#lib/store/find-many.ts'
import { newJob } from '#lib/store/queue.ts'
import { ledgerOf } from '#lib/store/read/admission.ts'
import { keys } from '#lib/table/keys.ts'
import { transactInParts } from '#lib/table/packed.ts'
import { queryRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { commit, transact } from '#lib/table/transact.ts'
import { check, put, type Write } from '#lib/table/writes.ts'

/** A round as it was held. */
export type HeldRound = {
  round: number
  pairs: Pair[]
  unmatched: string[]
  people: Map<string, Person>
}

/** How long nobody but the request itself touches the rows of its round. */
const headStartMs = 60_000

/**
 * Pairs all who are ready. The pairs are written first, where nobody sees them; the last transaction puts the
 * round's run into the ledger and so shows all of them at once. Of two rounds at the same time one gets there,
 * the other is `changed_meanwhile`, and a job takes its rows away.
 */
export async function holdRound(
  scope: EventScope,
  session: Session,
  seed: string | undefined,
): Promise<HeldRound> {
  const ledger = await ledgerOf(scope, session.id)
  const key: RoundKey = { round: ledger.round + 1, run: newHex(8) }
  const before = await pairsBefore(scope, session.id, ledger)
  const people = await readyPeople(scope, session.id, before)
  if (people.size > limits.roundPeople.value) throw new ApiError('too_many_ready')
  const { pairs, unmatched } = pair([...people.values()].map(candidate), {
    met: new Set(before.map(({ a, b }) => metKey(a, b))),
    first: new Set(ledger.first),
    seed: seed ?? `${session.id}#${key.round}`,
  })
  const job = newJob(scope, 'discard-round', { session: session.id, ...key }, headStartMs)
  await transact(scope, job.writes)
  await writePairs(scope, session.id, key, pairs)
  const next = nextLedger(ledger, key, pairs, unmatched)
  const writes = [
    ledgerWrite(scope, session.id, ledger, next),
    stillNetworking(scope, session.id),
    ...job.complete,
  ]
  return commit(scope, writes, { round: key.round, pairs, unmatched, people })
}

function ledgerWrite(
  scope: EventScope,
  session: string,
  before: RoundLedger,
  after: RoundLedger,
): Write {
  const when = before.vr === 0 ? { exists: false } : { vr: before.vr }
  const row = { ...keys.networking(scope, session), ...after, kind: 'round_ledger' }
  return put(row, when, 'changed_meanwhile')
}

const stillNetworking = (scope: EventScope, session: string): Write =>
  check(keys.session(scope, session), { equals: { format: 'MEET_UP' } }, 'session_not_found')

type PairBefore = { round: number; a: string; b: string }

/** Every pair of the rounds so far: their keys say it all. */
async function pairsBefore(
  scope: EventScope,
  session: string,
  ledger: RoundLedger,
): Promise<PairBefore[]> {
  const pk = keys.pairs(scope, session)
  const rows = await queryRows<{ sk: string }>(scope, { pk, from: 'M#', to: 'M#~', only: ['sk'] })
  return rows.flatMap(({ sk }) => {
    const [, round = '', run = '', a = '', b = ''] = sk.split('#')
    const key = { round: Number(round), run }
    return isVisible(ledger, key) ? [{ round: key.round, a, b }] : []
  })
}

/** Attendees who said that they are ready since they were last paired, and whose ticket still lets them in. */
async function readyPeople(scope: EventScope, session: string, before: PairBefore[]) {
  const paired = new Map<string, number>()
  for (const { round, a, b } of before) {
    for (const one of [a, b]) paired.set(one, Math.max(round, paired.get(one) ?? 0))
  }
  const pk = keys.attendees(scope, session)
  const [rows, types] = await Promise.all([
    queryRows<{ sk: string }>(scope, { pk, only: ['sk'] }),
    queryRows<TicketType>(scope, { pk: keys.ticketTypes(scope) }),
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
  key: RoundKey,
  pairs: Pair[],
): Promise<void> {
  const at = now()
  await transactInParts(
    scope,
    pairs.map((two) => pairWrites(scope, { ...key, session, at }, two)),
  )
}

type RoundRow = RoundKey & { session: string; at: Instant }

function pairWrites(scope: EventScope, row: RoundRow, [a, b]: Pair): Write[] {
  const { session, at } = row
  const match = (other: string): Match => ({ ...row, other, matchStarted: false })
  return [
    put({ ...keys.pair(scope, session, row, [a, b]), kind: 'pair', at }),
    put({ ...keys.match(scope, a, session, row), kind: 'match', ...match(b) }),
    put({ ...keys.match(scope, b, session, row), kind: 'match', ...match(a) }),
  ]
}
