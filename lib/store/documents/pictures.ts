import type { Picture } from '#lib/model/picture.ts'
import type { Kind } from '#lib/store/document.ts'
import { sets } from '#lib/store/sets.ts'
import { keys } from '#lib/table/keys.ts'

/**
 * A picture is found by its random id and counted; who uses it stands with the people. Changes and deletions are
 * written by hand: `uv` counts uses without the version, and a row names objects that no transaction holds.
 */
export const pictures: Kind<Picture> = {
  name: 'picture',
  missing: 'picture_not_found',
  key: keys.picture,
  set: sets.pictures,
  under: (scope, id) => [keys.pictureUses(scope, id)],
  derived: () => [],
  telling: {
    silent: ['key', 'staged', 'plan', 'uv'],
    also: (before, { staged }) => (staged && staged !== before.staged ? ['content'] : []),
  },
}
