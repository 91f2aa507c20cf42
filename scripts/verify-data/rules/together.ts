import type { Presence } from '#lib/model/door/scan.ts'
import type { Match, RoundLedger } from '#lib/model/networking.ts'
import type { Picture } from '#lib/model/picture.ts'
import { thumbOf } from '#lib/model/picture.ts'
import type { Badge } from '#lib/store/door/badges.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'
import { countedIn } from '../counts.ts'
import { nameOf, on, type Row, type Rules, type Seen } from '../facts.ts'
import { any, sample as s } from '../forms.ts'
import { document } from './documents.ts'
import { presence } from './door.ts'
import { connection, meeting, requests } from './meetings.ts'
import { wantsObject } from './objects.ts'
import { userOf } from './people.ts'

type Relation = (row: Row, seen: Seen, me: string) => void

/** What stands with a person, by the first letter of its sort key. */
const relations: Record<string, Relation> = {
  C: connection as unknown as Relation,
  W: meeting as unknown as Relation,
  Q: requests as unknown as Relation,
  N: match as unknown as Relation,
  V: ({ n }, seen) => {
    if (!(Number.isSafeInteger(n) && Number(n) > 0)) seen.wrong('shape', 'how often', String(n))
  },
  J: (row, seen, me) => presence(row as unknown as Presence & Row, seen, me),
  B: ({ hash }, seen, me) =>
    seen.wants('badge', { ...keys.badgeCode(seen.scope, (hash as Badge['hash']) ?? ''), to: me }),
  K: ({ hash }, seen) => seen.stands('token', () => [keys.token(String(hash))], ['hash']),
}

function relation(row: Row, seen: Seen): void {
  const [me = ''] = seen.args
  const judge = relations[row.sk.split('#', 1)[0] ?? '']
  if (!judge) {
    seen.wrong('unknown', 'a row that docs/data.md lists', row.sk)
    return
  }
  seen.needs('reference', keys.person(seen.scope, me))
  judge(row, seen, me)
}

type Made = { session: string; round: number; run: string }

const roundName = (seen: Seen, { session, round, run }: Made): string =>
  `${seen.scope.e} ${session} ${round} ${run}`

/** A round that everybody may see: its run stands in the ledger of the session. */
function isOfRound(seen: Seen, made: Made): void {
  seen.needs('reference', keys.session(seen.scope, made.session))
  const ledger = keys.networking(seen.scope, made.session)
  seen.needsNamed('round', roundName(seen, made), () => [ledger])
}

function match({ session, round, run, other }: Match, seen: Seen, me: string): void {
  const { scope } = seen
  isOfRound(seen, { session, round, run })
  const two: [string, string] = me < other ? [me, other] : [other, me]
  const both = [two, [two[1], two[0]] as [string, string]]
  const pairs = () => both.map((one) => keys.pair(scope, session, { round, run }, one))
  seen.agrees('match', `${roundName(seen, { session, round, run })} ${me} ${other}`, -1, pairs)
}

function ofNetworking(row: Row, seen: Seen): void {
  const [session = ''] = seen.args
  const [kind, round = '', run = '', a = '', b = ''] = row.sk.split('#')
  seen.needs('reference', keys.session(seen.scope, session))
  if (kind === 'H') {
    const { runs } = row as unknown as RoundLedger
    for (const [n, one] of runs.entries())
      seen.isThere(roundName(seen, { session, round: n + 1, run: one }))
    return
  }
  if (kind !== 'M') {
    seen.wrong('unknown', 'a ledger or a pair', row.sk)
    return
  }
  const made = { session, round: Number(round), run }
  isOfRound(seen, made)
  for (const [me, other] of [[a, b] as const, [b, a] as const]) {
    const key = keys.match(seen.scope, me, session, made)
    seen.agrees('match', `${roundName(seen, made)} ${me} ${other}`, 1, () => [key])
  }
}

function picture(one: Picture & Row, seen: Seen): void {
  document(seen, 'uuid', one)
  countedIn(seen, sets.pictures(seen.scope), one.id)
  seen.isThere(`${one.key} of ${nameOf(one).split(' ', 1)[0]}`)
  const files = [one.key, ...(one.staged === undefined ? [] : [one.staged])]
  for (const key of files.flatMap((file) => [file, thumbOf(file)])) wantsObject(seen, key)
  if (one.staged !== undefined) seen.needs('open', keys.job(one.plan ?? ''))
}

export const togetherRules: Rules[] = [
  on(keys.relations(s, any), relation),
  on(keys.pairs(s, any), ofNetworking),
  on<Picture>(keys.pictures(s), picture),
  on(keys.pictureUses(s, any), ({ sk }, seen) =>
    seen.stands('picture-use', () => userOf(seen.scope, sk)),
  ),
]
