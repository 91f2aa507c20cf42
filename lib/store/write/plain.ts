import type { PlainKind } from '#lib/base/plain-kinds.ts'
import type { Plain } from '#lib/model/plain.ts'
import { plain } from '#lib/store/documents/plain.ts'
import { asShown } from '#lib/store/read/plain.ts'
import { choosePicture } from './person-picture.ts'
import { endRoom, roomRenamed } from './rooms.ts'
import { type FieldsOf, verbsOf } from './verbs.ts'

/** A plain thing as somebody wants it; `picture` is the id of one (null or empty: none; undefined: as it is). */
export type PlainFields<T extends Plain> = Omit<FieldsOf<T>, 'picture'> & {
  picture?: string | null | undefined
}

/** The verbs of a plain kind: create, update, remove. */
export const plainVerbs = <T extends Plain>(kind: PlainKind) =>
  verbsOf<T, T, PlainFields<T>>({
    kind: plain<T>(kind),
    id: kind,
    load: async (scope, thing) => asShown(scope, thing),
    shown: (thing) => thing,
    ...(kind === 'room' && { ending: endRoom }),
    own: async (scope, { picture: wanted, ...own }, before) => {
      const wish = { resource: wanted }
      const field = 'picture_resource_id'
      const { picture, writes } = await choosePicture(scope, wish, before?.picture, field)
      const renamed = kind === 'room' ? await roomRenamed(scope, before, own.name) : []
      return { own: { ...own, picture }, writes: [...writes, ...renamed] }
    },
  })
