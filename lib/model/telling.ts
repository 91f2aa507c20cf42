import { isDeepStrictEqual } from 'node:util'
import type { Note } from './change.ts'

/** Something that happened to a document, without the document's own name and version. */
export type News = { type: string; changed?: string[]; note?: Note }

/** A change without a number, an actor and a time: what one record of the stream says. */
export type Told = {
  type: string
  object: string
  objectId: string
  version: number
  changed: string[]
  note: Note
  /** The row that a deletion left behind: without it, the row went with something else, and nothing is told. */
  deletion?: string
}

/**
 * How a kind of document is told of in the feed of changes. Without any of it, every attribute is a field: the kind is
 * created, updated and deleted, and `lib/wire/change.ts` spells the names.
 */
export type Telling<T> = {
  /** Attributes that no answer shows, or that are told as relations. */
  silent?: readonly string[]
  /** Fields that have changed, although their attribute alone does not say so. */
  also?: (before: T, after: T) => string[]
  /** What began or ended between this document and others. */
  relations?: (before: T | undefined, after: T) => News[]
}

type Row = Record<string, unknown>

const bookkeeping = new Set([
  ...['pk', 'sk', 'kind', 'id', 'createdAt', 'updatedAt', 'vr', 'open', 'hidden'],
  ...['w', 'q', 'swept'],
])

/** Attributes that differ, but for what the document loses only because something else was deleted. */
export function changedFields<T extends object>(
  telling: Telling<T>,
  before: T,
  after: T,
  swept: string,
): string[] {
  const [had, has] = [before as Row, after as Row]
  const names = [...new Set([...Object.keys(had), ...Object.keys(has)])]
  const changed = names.filter(
    (name) =>
      !bookkeeping.has(name) &&
      !telling.silent?.includes(name) &&
      !isDeepStrictEqual(comparable(had[name], swept), comparable(has[name], swept)),
  )
  return [...changed, ...(telling.also?.(before, after) ?? [])].sort()
}

/** A value without what was deleted: an item of a list, a key of an object, or the object itself. */
function comparable(value: unknown, swept: string): unknown {
  if (swept === '' || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.filter((one) => one !== swept)
  if ('id' in value && value.id === swept) return undefined
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== swept))
}

/** What is in one list and not in the other. */
export const added = (before: Iterable<string>, after: Iterable<string>): string[] => {
  const had = new Set(before)
  return [...after].filter((one) => !had.has(one)).sort()
}
