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

/** Of the people whose words begin with the longest one that is asked for, so many are looked at. */
const mostFound = 500
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
  const [longest] = words.toSorted((a, b) => b.length - a.length)
  if (longest === undefined) return { total: 0, rows: [] }
  await complete(scope)
  const from = encodeURIComponent(longest)
  const rows = await queryRows<WordRow>(scope, {
    pk: keys.words(scope, longest),
    from,
    to: `${from}~`,
    limit: mostFound,
    only: ['id', 'text'],
  })
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
