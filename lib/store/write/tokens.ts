import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { idFrom, newId, newTokenText } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { MadeToken, NewToken, Token } from '#lib/model/token.ts'
import { countedWrites } from '#lib/store/counts.ts'
import type { Precondition } from '#lib/store/document.ts'
import { remainsScope } from '#lib/store/event-scope.ts'
import { alive, type ListedToken } from '#lib/store/read/tokens.ts'
import { sets } from '#lib/store/sets.ts'
import { isGenuine, type MarkedToken, macOf } from '#lib/store/token-mac.ts'
import { requestMs } from '#lib/table/client.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { retryOnConflict } from '#lib/table/retry.ts'
import { eventPrefix, type Scope } from '#lib/table/scope.ts'
import { commit, maxWrites, transact } from '#lib/table/transact.ts'
import { check, put, remove, update, type Write } from '#lib/table/writes.ts'
import { personCheck } from './person-check.ts'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** How long a function may go on accepting a token after its deletion elsewhere (promised: at most 60 s). */
const trustMs = 30_000
const notedMs = 5 * 60_000
const trusted = new Map<string, { token: Token; until: number }>()

/** The token with this text, unless it is unknown, deleted or expired. Text is compared by hash only. */
export async function findToken(
  scope: Pick<Scope, 'deadline'>,
  text: string,
): Promise<Token | undefined> {
  const hash = hashOf(text)
  const known = trusted.get(hash)
  if (known && known.until > Date.now()) return alive(known.token)
  const token = await getRow<MarkedToken>(scope, keys.token(hash))
  if (!token || !isGenuine(hash, token)) {
    trusted.delete(hash)
    return undefined
  }
  if (trusted.size > 10_000) trusted.clear()
  trusted.set(hash, { token, until: Date.now() + trustMs })
  await noteUse(scope, hash, token)
  return alive(token)
}

/** Notes the use at most every five minutes; a token deleted meanwhile is not brought back. */
async function noteUse(scope: Pick<Scope, 'deadline'>, hash: string, token: Token): Promise<void> {
  const noted = token.lastUsedAt ? Date.parse(token.lastUsedAt) : 0
  if (Date.now() - noted < notedMs) return
  const write = update(
    keys.token(hash),
    { set: { lastUsedAt: now() } },
    { exists: true },
    'token_not_found',
  )
  await transact({ org: token.org, deadline: scope.deadline }, [write]).catch(() => undefined)
}

/** A transaction holds so many checks beside a token's own rows. */
const mostChecks = maxWrites - 4
/** Half a token, whose text nobody has, goes by itself. */
const halfSeconds = 60 * 60

/**
 * Makes a token and its text, which nobody can read again. The events it names and the person it speaks for are
 * there when it appears: that is checked in its transaction.
 */
export function createToken(scope: Scope, wanted: NewToken): Promise<MadeToken> {
  const id = newId('token')
  const text = newTokenText(id)
  const events = [...new Set(wanted.events)]
  const token: Token = { ...wanted, events, id, org: scope.org, createdAt: now() }
  const made = { ...token, text }
  const rows = tokenWrites(scope, hashOf(text), token)
  return retryOnConflict(scope, async () => {
    const checks = [
      ...events.map((event) => eventCheck(scope, event, wanted.events.indexOf(event))),
      ...(await ownerChecks(scope, token)),
    ]
    const rest = checks.slice(mostChecks)
    if (rest.length > 0) await writeHalf(scope, token, hashOf(text), checks.slice(0, mostChecks))
    return commit(scope, [...(rest.length > 0 ? rest : checks), ...rows], made)
  })
}

/**
 * The first of more events than one transaction can check. Since the id of what is gone never comes back, whatever is
 * there with the other half, and was read before this one, was there with this one too.
 */
const writeHalf = (scope: Scope, token: Token, hash: string, checks: Write[]): Promise<void> =>
  transact(scope, [
    ...checks,
    put({
      ...keys.token(hash),
      ...token,
      ...macOf(hash, token),
      ttl: Math.floor(Date.now() / 1000) + halfSeconds,
    }),
  ])

const eventCheck = ({ org }: Scope, event: string, n: number): Write =>
  check(
    keys.event(org, event),
    { exists: true },
    { error: 'invalid_reference', detail: unknownReference('event', event, `events[${n}]`) },
  )

const ownerChecks = async (scope: Scope, { person, events: [event] }: Token): Promise<Write[]> =>
  person && event ? [await personCheck(remainsScope(scope, event), person, 'person')] : []

/** Texts are random, so the row can be nobody else's: at most the first half of this token. */
const tokenWrites = (scope: Scope, hash: string, token: Token): Write[] => [
  put({ ...keys.token(hash), ...token, ...macOf(hash, token), kind: 'token' }),
  put({ ...keys.tokenOf(scope, token.id), hash }, { exists: false }, 'conflict'),
  ...counted(scope, token, 1),
  ...ownerKeys(scope, token).map((key) => put({ ...key, hash })),
]

const counted = (scope: Scope, { id }: Token, by: 1 | -1): Write[] =>
  countedWrites([{ set: sets.tokens(scope), id, by }])

/** Where the token of an attendee stands with their person, so that it goes with them. */
const ownerKeys = ({ org }: Scope, { id, person, events: [event] }: Token): Key[] =>
  person && event ? [keys.personToken({ e: eventPrefix(org, event) }, person, id)] : []

/**
 * Accepts a text of the operator's choosing as super admin of an organisation: the one that it was first given, or a
 * new one. Ids are drawn, since what follows from a text lets whoever sees it try texts elsewhere.
 */
export async function acceptToken(text: string): Promise<{ organisation: string }> {
  const hash = hashOf(text)
  const until = { deadline: Date.now() + requestMs }
  return retryOnConflict({ ...until, org: '' }, async () => {
    const found = await getRow<MarkedToken>(until, keys.token(hash))
    if (found && isGenuine(hash, found)) return { organisation: found.org }
    const home = await organisationOf(until, text)
    const scope = { ...until, org: home ?? newId('organisation') }
    await transact(scope, [
      ...tokenWrites(scope, hash, operatorToken(scope.org)),
      ...(home
        ? []
        : [put({ ...keys.operator(hash), org: scope.org }, { exists: false }, 'conflict')]),
    ])
    return { organisation: scope.org }
  })
}

const operatorToken = (org: string): Token => ({
  id: newId('token'),
  org,
  role: 'super_admin',
  name: 'Operator',
  events: [],
  createdAt: now(),
})

/** Where a token that was deleted belonged; versions before 0.3 derived it from the text and noted nothing. */
async function organisationOf(
  until: Pick<Scope, 'deadline'>,
  text: string,
): Promise<string | undefined> {
  const noted = await getRow<{ org: string }>(until, keys.operator(hashOf(text)))
  if (noted) return noted.org
  const derived = idFrom('organisation', text)
  const events = { pk: keys.events({ ...until, org: derived }), limit: 1 }
  return (await queryRows(until, events)).length > 0 ? derived : undefined
}

/** Deletes a token: at once here, within `trustMs` in functions that have just seen it. */
export async function deleteToken(
  scope: Scope,
  id: string,
  precondition: Precondition<Token> = () => {},
): Promise<Token> {
  const listed = await getRow<ListedToken>(scope, keys.tokenOf(scope, id))
  const token = listed && (await getRow<Token>(scope, keys.token(listed.hash)))
  if (!listed || !token) throw new ApiError('token_not_found')
  precondition(token)
  await commit(scope, removedTokenWrites(scope, listed.hash, token), token)
  trusted.delete(listed.hash)
  return token
}

const removedTokenWrites = (scope: Scope, hash: string, token: Token): Write[] => [
  remove(keys.token(hash), { exists: true }, 'token_not_found'),
  remove(keys.tokenOf(scope, token.id), { exists: true }, 'token_not_found'),
  ...counted(scope, token, -1),
  ...ownerKeys(scope, token).map((key) => remove(key)),
]
