import { ApiError } from '#lib/base/errors.ts'
import { limits } from '#lib/base/limits.ts'
import { canonicalEmail, canonicalName } from '#lib/base/text.ts'
import { unknownReference } from '#lib/base/unknown-reference.ts'
import type { ExternalKind } from '#lib/model/external-id.ts'
import { resolveIds } from '#lib/store/external-ids.ts'
import { type Documents, findMany } from '#lib/store/find-many.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRows } from '#lib/table/query.ts'
import type { EventScope } from '#lib/table/scope.ts'

type Referable = keyof Documents & ExternalKind

/**
 * The objects that a body refers to, in its order. Foreign, missing and vanishing ones are the same
 * `invalid_reference`, naming the entry by `fieldOf`.
 */
export async function resolveReferences<K extends Referable>(
  scope: EventScope,
  kind: K,
  sent: string[],
  fieldOf: (n: number) => string,
): Promise<Documents[K][]> {
  const known = await resolveIds(scope, kind, sent)
  const ids = scope.byName ? await orNamed(scope, kind, sent, known) : known
  const rows = await findMany(
    scope,
    kind,
    ids.filter((id) => id !== undefined),
  )
  return ids.map((id, n) => {
    const row = id === undefined ? undefined : rows.get(id)
    if (!row) {
      throw new ApiError('invalid_reference', unknownReference(kind, sent[n] ?? '', fieldOf(n)))
    }
    return row
  })
}

/** Whoever no id names is looked for by name, and people by e-mail address. */
async function orNamed(
  scope: EventScope,
  kind: Referable,
  sent: string[],
  known: (string | undefined)[],
): Promise<(string | undefined)[]> {
  const wanted = sent.map((name, n) =>
    known[n] === undefined ? nameKey(scope, kind, name) : undefined,
  )
  const keysWanted = wanted.filter((key) => key !== undefined)
  if (keysWanted.length === 0) return known
  const rows = await getRows<Key & { to: string }>(scope, keysWanted)
  const owner = new Map(rows.map(({ pk, sk, to }) => [`${pk}\n${sk}`, to]))
  return known.map((id, n) => {
    const key = wanted[n]
    return id ?? (key && owner.get(`${key.pk}\n${key.sk}`))
  })
}

function nameKey(scope: EventScope, kind: Referable, name: string): Key | undefined {
  if (name.length > limits.nameLength.value * 2) return undefined
  if (kind === 'person') {
    const email = canonicalEmail(name)
    return email === undefined ? undefined : keys.email(scope, email)
  }
  const canonical = canonicalName(name)
  // What nobody can see names nothing.
  if (canonical === '') return undefined
  if (kind === 'group') return keys.groupName(scope, canonical)
  if (kind === 'track') return keys.trackName(scope, canonical)
  return kind === 'room' ? keys.plainName(scope, 'room', canonical) : undefined
}
