import type { Scope } from './scope.ts'
import type { Write } from './writes.ts'

/**
 * What every row with a `kind` says of its last writer, for the feed of changes (docs/data.md, Changes): `w` the token
 * and `q` the request, both as short as can be, since they are read with every row; `swept`, what the row lost behind.
 */
export type Stamp = { w?: string; q?: string; swept?: string }

/** Attributes that are no content of a row. */
export const stampNames = ['w', 'q', 'swept'] as const

/**
 * The one place where rows learn who writes them, in which request, and what they lose behind a deletion. Only rows of
 * the organisation that name their kind: those that follow from others, counts and jobs carry nothing.
 */
export function stamped(scope: Scope, write: Write): Write {
  const { Put, Update } = write.item
  if (Put && isOurs(scope, Put.Item?.pk) && Put.Item?.kind !== undefined) {
    const { w: _, q: __, swept: ___, ...row } = Put.Item
    return { ...write, item: { Put: { ...Put, Item: { ...row, ...stampOf(scope) } } } }
  }
  const names = Object.values(Update?.ExpressionAttributeNames ?? {})
  if (!Update || !isOurs(scope, Update.Key?.pk) || !names.includes('kind')) return write
  const stamps = { w: '', q: '', swept: '', ...stampOf(scope) }
  const sets = stampNames.map((name) => `#${name} = :${name}, `).join('')
  return {
    ...write,
    item: {
      Update: {
        ...Update,
        UpdateExpression: Update.UpdateExpression?.replace('SET ', `SET ${sets}`),
        ExpressionAttributeNames: {
          ...Update.ExpressionAttributeNames,
          ...Object.fromEntries(stampNames.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ...Update.ExpressionAttributeValues,
          ...Object.fromEntries(stampNames.map((name) => [`:${name}`, stamps[name]])),
        },
      },
    },
  }
}

/** Whose token wrote a row, and in which request. */
export const writerOf = ({ w, q }: Stamp): Pick<Scope, 'actor' | 'request'> => ({
  ...(w && { actor: w.includes('_') ? w : tokenPrefix + w }),
  ...(q && { request: longUuid(q) }),
})

const stampOf = ({ actor, request, sweeping }: Scope): Stamp => ({
  ...(actor !== undefined && { w: shortActor(actor) }),
  ...(request !== undefined && { q: shortUuid(request) }),
  ...(sweeping !== undefined && { swept: sweeping }),
})

const tokenPrefix = 'tok_'

/** A token without its prefix; whom an issuer has signed in, as it is. */
const shortActor = (actor: string): string =>
  actor.startsWith(tokenPrefix) ? actor.slice(tokenPrefix.length) : actor

/** A UUID in 22 characters; every other text as it is. */
const shortUuid = (text: string): string =>
  uuid.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex').toString('base64url') : text

const longUuid = (text: string): string =>
  /^[\w-]{22}$/.test(text)
    ? Buffer.from(text, 'base64url')
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : text

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const isOurs = ({ org }: Scope, pk: unknown): boolean =>
  org !== '' && typeof pk === 'string' && pk.startsWith(`${org}#`)
