import { chunks } from '#lib/base/chunks.ts'
import type { Person } from '#lib/model/person.ts'
import { personWords } from '#lib/model/person-words.ts'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { put, remove, type Write } from '#lib/table/writes.ts'
import { imagesOf, type RowChange } from './record.ts'

type Named = Parameters<typeof personWords>[0] & Pick<Person, 'id' | 'hidden'>

const rowsAtOnce = 90
const transactionsAtOnce = 8

/**
 * Keeps the words by which people are found, from the rows before and after: a record that comes again writes the same
 * again, and of one person records come in the order of the writes.
 */
export async function indexPeople(changes: RowChange[]): Promise<void> {
  const people = changes.filter(({ scope, pk }) => pk === keys.people(scope))
  // One after the other where two are about the same row.
  const rows = new Map<string, Write>()
  for (const one of people) {
    for (const [key, write] of wordWrites(one)) rows.set(key, write)
  }
  const scope = people[0]?.scope
  if (!scope) return
  for (const some of chunks(chunks([...rows.values()], rowsAtOnce), transactionsAtOnce)) {
    await Promise.all(some.map((writes) => transact(scope, writes)))
  }
}

function wordWrites(change: RowChange): [string, Write][] {
  const { scope } = change
  const { before, after } = imagesOf<Named>(change)
  const { id = '' } = after ?? before ?? {}
  const had = shown(before)
  const has = shown(after)
  if (had.join(' ') === has.join(' ')) return []
  const text = has.join(' ')
  const lost = had.filter((word) => !has.includes(word))
  return [
    ...lost.map((word) => [word, remove(keys.word(scope, word, id))] as const),
    ...has.map((word) => [word, put({ ...keys.word(scope, word, id), id, text })] as const),
  ].map(([word, write]): [string, Write] => [`${scope.e} ${word} ${id}`, write])
}

/** Whoever is being deleted is found no more. */
const shown = (person: Named | undefined): string[] =>
  person && !person.hidden ? personWords(person) : []
