import { isDeepStrictEqual } from 'node:util'
import { stampNames } from '#lib/table/stamp.ts'

const besideContent = new Set([...['pk', 'sk', 'kind', 'vr', 'updatedAt'], ...stampNames])

/** Whether two states of a document differ in nothing but version and time of change. */
export const isSame = (one: object, other: object): boolean =>
  isDeepStrictEqual(contentOf(one), contentOf(other))

const contentOf = (document: object): object =>
  withoutEmptySets(
    Object.fromEntries(
      Object.entries(document).filter(
        ([name, value]) => !besideContent.has(name) && value !== undefined,
      ),
    ),
  )

/** The store cannot hold an empty set. */
export const withoutEmptySets = (row: object) =>
  Object.fromEntries(
    Object.entries(row).filter(([, value]) => !(value instanceof Set && value.size === 0)),
  )
