import * as v from 'valibot'
import { ApiError } from '#lib/base/errors.ts'
import { looksLikeId } from '#lib/base/ids.ts'
import { email } from '#lib/base/text.ts'
import { type Fields, isFields } from '#lib/http/body.ts'
import { type ExternalId, isOwnSystem } from '#lib/model/external-id.ts'
import type { KnownBy } from '#lib/store/read/known-ids.ts'
import { externalIdsField } from '#lib/wire/fields.ts'

export const batchKeys = ['external', 'email', 'id'] as const
export type BatchKey = (typeof batchKeys)[number]

/** Where a row of some kind says what it is about; `email` is the path to its address, where it has one. */
export type Naming = { idField: string; email?: string[] }
/** All that a row names its object by. */
export type Names = { id?: string; externalIds: ExternalId[]; email?: string }

/** What a row names its object by, as far as that can be read: what is wrong with it is told when the row is judged. */
export function namesIn({ idField, email: at }: Naming, fields: Fields): Names {
  const read = v.safeParse(externalIdsField, fields.external_ids)
  const listed = (read.success ? (read.output ?? []) : []).map((one) => ({
    system: one.id_system,
    id: one.id,
  }))
  // As GET gives it, the list begins with our own id.
  const own = listed.find(({ system, id }) => isOwnSystem(system) && looksLikeId(id))?.id
  const id = typeof fields[idField] === 'string' && fields[idField] ? fields[idField] : own
  const address = v.safeParse(email, at && valueAt(fields, at))
  return {
    ...(id !== undefined && { id }),
    externalIds: listed.filter(({ system }) => !isOwnSystem(system)),
    ...(address.success && { email: address.output }),
  }
}

/**
 * What an object is looked for by. Without `key`: its id, its external ids or its e-mail address, whichever the row has
 * first; with `key` that one, and a row without it is refused.
 */
export function knownBy(naming: Naming, names: Names, key?: BatchKey): KnownBy | undefined {
  const { id, externalIds, email: address } = names
  const ways: Record<BatchKey, KnownBy | undefined> = {
    id: id === undefined ? undefined : { id },
    external: externalIds.length > 0 ? { externalIds } : undefined,
    email: address === undefined ? undefined : { email: address },
  }
  if (key === undefined) return ways.id ?? ways.external ?? ways.email
  const found = ways[key]
  if (found) return found
  const field = fieldOf(naming, key)
  const message = `A batch that goes by key=${key} needs it in every row.`
  throw new ApiError('invalid_body', { field, message, errors: [{ field, message }] })
}

/** The field of a row that says what its object is known by. */
export const fieldOf = ({ idField, email: at }: Naming, key: BatchKey): string =>
  ({ id: idField, external: 'external_ids', email: at?.join('.') ?? '' })[key]

export const keyIn = (by: KnownBy): BatchKey =>
  'id' in by ? 'id' : 'email' in by ? 'email' : 'external'

const valueAt = (fields: Fields, path: string[]): unknown =>
  path.reduce<unknown>((at, name) => (isFields(at) ? at[name] : undefined), fields)
