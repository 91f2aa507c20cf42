import { createHash } from 'node:crypto'
import { ApiError } from '#lib/base/errors.ts'
import { idFrom, newId, newTokenText } from '#lib/base/ids.ts'
import { now } from '#lib/base/time.ts'
import type { Token } from '#lib/model/token.ts'
import { requestMs } from '#lib/table/client.ts'
import type { Page, PageWanted } from '#lib/table/counted.ts'
import { keys } from '#lib/table/keys.ts'
import { getRow, getRows, queryRows } from '#lib/table/query.ts'
import { eventPrefix, type RecordedResponse, type Scope } from '#lib/table/scope.ts'
import { put, remove, transact, update } from '#lib/table/transact.ts'

type NewToken = Omit<Token, 'id' | 'org' | 'createdAt'>
/** Rows of an organisation's list carry the hash, so that deletion finds the token's own row. */
type Listed = { hash: string; sk: string }

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** How long a function may go on accepting a token after its deletion elsewhere (contract: at most 60 s). */
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
  const token = await getRow<Token>(scope, keys.token(hash))
  if (!token) {
    trusted.delete(hash)
    return undefined
  }
  if (trusted.size > 10_000) trusted.clear()
  trusted.set(hash, { token, until: Date.now() + trustMs })
  await noteUse(scope, hash, token)
  return alive(token)
}

const alive = (token: Token) =>
  token.expiresAt !== undefined && token.expiresAt <= now() ? undefined : token

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

/** Makes a token and its text, which nobody can read again. */
export async function createToken(
  scope: Scope,
  wanted: NewToken,
  reply: (made: Token & { text: string }) => RecordedResponse,
): Promise<RecordedResponse> {
  const id = newId('token')
  const text = newTokenText(id)
  const token: Token = { ...wanted, id, org: scope.org, createdAt: now() }
  const outcome = reply({ ...token, text })
  await transact(scope, tokenWrites(scope, hashOf(text), token), { ...outcome, isSecret: true })
  return outcome
}

const tokenWrites = (scope: Scope, hash: string, token: Token) => [
  put({ ...keys.token(hash), ...token }, { exists: false }, 'conflict'),
  put({ ...keys.tokenOf(scope, token.id), hash }, { exists: false }, 'conflict'),
  ...ownerKeys(scope, token).map((key) => put({ ...key, hash })),
]

/** Where the token of an attendee stands with their person, so that it goes with them. */
const ownerKeys = ({ org }: Scope, { id, person, events: [event] }: Token) =>
  person && event ? [keys.personToken({ e: eventPrefix(org, event) }, person, id)] : []

/** Accepts a text of the operator's choosing as super admin of an organisation derived from it. */
export async function acceptToken(text: string): Promise<{ organisation: string }> {
  const org = idFrom('organisation', text)
  const scope = { org, deadline: Date.now() + requestMs }
  if (await getRow<Token>(scope, keys.token(hashOf(text)))) return { organisation: org }
  const token: Token = {
    id: idFrom('token', text),
    org,
    role: 'super_admin',
    name: 'Operator',
    events: [],
    createdAt: now(),
  }
  await transact(scope, tokenWrites(scope, hashOf(text), token))
  return { organisation: org }
}

/** Tokens of the organisation in id order. */
export async function listTokens(
  scope: Scope,
  { limit, offset, after = '' }: PageWanted,
): Promise<Page<Token>> {
  const listed = await queryRows<Listed>(scope, { pk: keys.tokens(scope) })
  const wanted = listed.filter(({ sk }) => sk > after).slice(offset, offset + limit)
  const rows = await getRows<Token>(
    scope,
    wanted.map(({ hash }) => keys.token(hash)),
  )
  return { total: listed.length, rows }
}

/** Deletes a token: at once here, within `trustMs` in functions that have just seen it. */
export async function deleteToken(
  scope: Scope,
  id: string,
  reply: (token: Token) => RecordedResponse,
): Promise<RecordedResponse> {
  const listed = await getRow<Listed>(scope, keys.tokenOf(scope, id))
  const token = listed && (await getRow<Token>(scope, keys.token(listed.hash)))
  if (!listed || !token) throw new ApiError('token_not_found')
  const outcome = reply(token)
  await transact(
    scope,
    [
      remove(keys.token(listed.hash), { exists: true }, 'token_not_found'),
      remove(keys.tokenOf(scope, id), { exists: true }, 'token_not_found'),
      ...ownerKeys(scope, token).map((key) => remove(key)),
    ],
    outcome,
  )
  trusted.delete(listed.hash)
  return outcome
}
