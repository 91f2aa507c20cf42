import type { Page, PageWanted } from '#lib/base/page.ts'
import type { PlainKind } from '#lib/base/plain-kinds.ts'
import type { Plain } from '#lib/model/plain.ts'
import { required } from '#lib/store/document.ts'
import { plain } from '#lib/store/documents/plain.ts'
import { sets } from '#lib/store/sets.ts'
import { listCounted } from '#lib/table/counted.ts'
import type { EventScope } from '#lib/table/scope.ts'

/** Things of a plain kind in id order. */
export async function listPlain<T extends Plain>(
  scope: EventScope,
  kind: PlainKind,
  wanted: PageWanted,
): Promise<Page<T>> {
  const found = await listCounted<T & { sk: string }>(scope, sets.plains(scope, kind), wanted)
  return { ...found, rows: found.rows.map((row) => asShown(scope, row)) }
}

export const requirePlain = async <T extends Plain>(
  scope: EventScope,
  kind: PlainKind,
  id: string | undefined,
): Promise<T> => asShown(scope, await required(scope, plain<T>(kind), id))

/** A picture that is being deleted is shown no more. */
export function asShown<T extends Plain>(scope: EventScope, thing: T): T {
  if (!thing.picture || !scope.deleting.has(thing.picture.id)) return thing
  const { picture: _, ...rest } = thing
  return rest as T
}
