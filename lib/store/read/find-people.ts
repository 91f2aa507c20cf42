import { chunks } from '#lib/base/chunks.ts'
import { type Page, type PageWanted, pageOfList } from '#lib/base/page.ts'
import { wantedWords } from '#lib/base/words.ts'
import type { Person } from '#lib/model/person.ts'
import { distance, matches, personWords } from '#lib/model/person-words.ts'
import { findMany } from '#lib/store/find-many.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { VersionConflict } from '#lib/table/retry.ts'
import type { EventScope } from '#lib/table/scope.ts'
import { transact } from '#lib/table/transact.ts'
import { check, put } from '#lib/table/writes.ts'

/** So many people are looked at whose words begin with one that is asked for. */
const mostFound = 300
/** As many where every word that is asked for begins words of more people than that. */
const mostCommon = 1_000
const mostWords = 10

type WordRow = { id: string; text: string }
type Found = { id: string; place: string }

/** Whom every word of `q` finds, the best first, then by id; `keep` says who of them is asked for otherwise. */
export async function findPeople(
  scope: EventScope,
  q: string,
  wanted: PageWanted,
  keep?: (people: Person[]) => Person[],
): Promise<Page<Person>> {
  const words = wantedWords(q).slice(0, mostWords)
  if (words.length === 0) return { total: 0, rows: [] }
  await complete(scope)
  const rows = await candidates(scope, words)
  const found = ranked(rows, words).filter(({ id }) => !scope.deleting.has(id))
  const fitting = keep ? await kept(scope, found, keep) : found
  const page = pageOfList(fitting, ({ place }) => place, wanted)
  const people = await findMany(
    scope,
    'person',
    page.rows.map(({ id }) => id),
  )
  return { ...page, rows: page.rows.flatMap(({ id }) => people.get(id) ?? []) }
}

/**
 * Rows among which are all whom every word finds, wherever one of the words is rare enough: those of the first such word,
 * long ones tried first, since they are rarer.
 */
async function candidates(scope: EventScope, words: string[]): Promise<WordRow[]> {
  const longestFirst = words.toSorted((a, b) => b.length - a.length)
  for (const word of longestFirst) {
    const rows = await rowsOf(scope, word, mostFound)
    if (rows.length < mostFound || words.length === 1) return rows
  }
  return rowsOf(scope, longestFirst[0] ?? '', mostCommon)
}

function rowsOf(scope: EventScope, word: string, limit: number): Promise<WordRow[]> {
  const from = encodeURIComponent(word)
  const range = { pk: keys.words(scope, word), from, to: `${from}~`, limit }
  return queryRows(scope, { ...range, only: ['id', 'text'], eventual: true })
}

function ranked(rows: WordRow[], words: string[]): Found[] {
  const people = new Map(rows.map(({ id, text }) => [id, text.split(' ')]))
  return [...people]
    .filter(([, has]) => matches(words, has))
    .map(([id, has]) => ({ id, place: `${distance(words, has)}#${id}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
}

async function kept(scope: EventScope, found: Found[], keep: (people: Person[]) => Person[]) {
  const people = await findMany(
    scope,
    'person',
    found.map(({ id }) => id),
  )
  const ids = new Set(keep([...people.values()]).map(({ id }) => id))
  return found.filter(({ id }) => ids.has(id))
}

/** People of an event that is older than its words: their words are written once, before anybody is looked for. */
async function complete(scope: EventScope): Promise<void> {
  if (await getRow(scope, keys.wordsComplete(scope))) return
  const people = await queryRows<Person & Key>(scope, { pk: keys.people(scope) })
  for (const some of chunks(people, 8)) {
    await Promise.all(some.map((person) => writeWords(scope, person)))
  }
  await transact(scope, [put(keys.wordsComplete(scope))])
}

/** Beside the person as they were read: who has changed since is told of by the stream. */
async function writeWords(scope: EventScope, person: Person): Promise<void> {
  if (person.hidden) return
  const words = personWords(person)
  const text = words.join(' ')
  const writes = [
    check(keys.person(scope, person.id), { vr: person.vr }, 'conflict'),
    ...words.map((word) => put({ ...keys.word(scope, word, person.id), id: person.id, text })),
  ]
  await transact(scope, writes).catch((error) => {
    if (!(error instanceof VersionConflict)) throw error
  })
}
