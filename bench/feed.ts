import type { DynamoDBRecord } from 'aws-lambda'
import { handler } from '#functions/feed.ts'
import { isFollowed } from '#lib/store/feed/followed.ts'
import { freshEvent, inTurns, makePerson } from '#test/support/factories.ts'
import { drainFeed, followChanges, nextBatch } from '#test/support/feed.ts'
import type { Measure } from './all.ts'
import { costOf } from './store-calls.ts'

/** What a change costs behind the write that made it, and what reading changes costs. */
export async function feedBench(people = 300): Promise<Measure[]> {
  await followChanges()
  const at = await freshEvent()
  await drainFeed()
  await inTurns([...Array(people).keys()], () => makePerson(at))
  const Records: DynamoDBRecord[] = []
  for (let batch = await nextBatch(); batch; batch = await nextBatch()) {
    Records.push(...batch.records.filter(isFollowed))
  }
  const numbering = await costOf(() => handler({ Records }))
  const { body } = await at.ask('GET', '/changes?limit=1&types=person.*')
  const ask = (query: string) => costOf(() => at.ask('GET', `/changes?${query}`))
  const page = await ask(`after=3&limit=${people}`)
  const nothing = await ask(`after=${people + 3}`)
  const history = await ask(`object=${body.changes_list[0].object_id}`)
  const measure = (name: string, value: number, limit: number, unit = 'units'): Measure => ({
    name,
    value,
    limit,
    unit,
  })
  return [
    measure('units of numbering a change', numbering.units / people, 5),
    measure('store calls of numbering 100 changes', (numbering.calls / people) * 100, 8, 'calls'),
    measure('units of reading 100 changes', (page.units / people) * 100, 15),
    measure('units of a look where nothing is new', nothing.units, 2),
    measure('units of the history of one object', history.units, 6),
  ]
}
