import type { Kind as IdKind } from '#lib/base/ids.ts'
import { isId, isUuid } from '#lib/base/ids.ts'
import { canonicalName } from '#lib/base/text.ts'
import type { ExternalId } from '#lib/model/external-id.ts'
import type { Document } from '#lib/store/document.ts'
import { keys } from '#lib/table/keys.ts'
import type { Row, Seen } from '../facts.ts'

/** What holds for every document: its id is in its key, it has a version, and what it waits for is under way. */
export function document(seen: Seen, kind: IdKind | 'uuid', { id, vr, open }: Document): void {
  const { sk } = seen.row
  const isFormed = kind === 'uuid' ? isUuid(sk) : isId(kind, sk)
  if (id !== sk || !isFormed) seen.wrong('shape', `the document of ${sk}`, `that of ${id}`)
  if (!Number.isInteger(vr) || vr < 1) seen.wrong('shape', 'a version', `vr ${vr}`)
  if (open !== undefined) seen.needs('open', keys.job(open))
  seen.isThere()
}

/** The rows by which other systems' ids lead to a document. */
export function foundByIds(
  seen: Seen,
  kind: string,
  { id, externalIds }: { id: string; externalIds: ExternalId[] },
): void {
  for (const one of externalIds) {
    seen.wants('external-id', {
      ...keys.external(seen.scope, kind, one.system, one.id),
      to: id,
    } as Row)
  }
}

/** The row that keeps a name unique. */
export function foundByName(
  seen: Seen,
  key: (name: string) => { pk: string; sk: string },
  { id, name }: { id: string; name: string },
): void {
  seen.wants('name', { ...key(canonicalName(name)), to: id, name })
}

/** The picture that somebody shows: it is there under that key, and knows of them. */
export function shows(
  seen: Seen,
  { id, picture }: { id: string; picture?: { id: string; key: string } },
): void {
  if (!picture) return
  const { scope } = seen
  const key = keys.picture(scope, picture.id)
  seen.needsNamed('reference', `${picture.key} of ${key.pk}`, () => [key])
  seen.wants('picture-use', keys.pictureUse(scope, picture.id, id))
}
