import type { Scope } from './scope.ts'
import type { Write } from './writes.ts'

/** What every row with a `kind` says of its last writer, for the feed of changes (docs/data.md, Changes). */
export type Stamp = { writer?: string; request?: string; swept?: string }

/**
 * The one place where rows learn who writes them, in which request, and what they lose behind a deletion. Only rows of
 * the organisation that name their kind: those that follow from others, counts and jobs carry nothing.
 */
export function stamped(scope: Scope, write: Write): Write {
  const { Put, Update } = write.item
  if (Put && isOurs(scope, Put.Item?.pk) && Put.Item?.kind !== undefined) {
    const { writer: _, request: __, swept: ___, ...row } = Put.Item
    return { ...write, item: { Put: { ...Put, Item: { ...row, ...stampOf(scope) } } } }
  }
  const names = Object.values(Update?.ExpressionAttributeNames ?? {})
  if (!Update || !isOurs(scope, Update.Key?.pk) || !names.includes('kind')) return write
  const { actor = '', request = '', sweeping = '' } = scope
  const stamps = 'SET #writer = :writer, #request = :request, #swept = :swept, '
  return {
    ...write,
    item: {
      Update: {
        ...Update,
        UpdateExpression: Update.UpdateExpression?.replace('SET ', stamps),
        ExpressionAttributeNames: {
          ...Update.ExpressionAttributeNames,
          '#writer': 'writer',
          '#request': 'request',
          '#swept': 'swept',
        },
        ExpressionAttributeValues: {
          ...Update.ExpressionAttributeValues,
          ':writer': actor,
          ':request': request,
          ':swept': sweeping,
        },
      },
    },
  }
}

const stampOf = ({ actor, request, sweeping }: Scope): Stamp => ({
  ...(actor !== undefined && { writer: actor }),
  ...(request !== undefined && { request }),
  ...(sweeping !== undefined && { swept: sweeping }),
})

const isOurs = ({ org }: Scope, pk: unknown): boolean =>
  org !== '' && typeof pk === 'string' && pk.startsWith(`${org}#`)
