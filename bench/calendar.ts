import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { median, processorMs } from './processor.ts'
import { costOf } from './store-calls.ts'

/**
 * The calendar of a large conference: what building it costs, and what it costs to be told that nothing is new.
 * Processor time of this process, of which the engine is no part.
 */
export async function calendarBench(size = 1_000): Promise<Measure[]> {
  const { ask } = await freshEvent()
  for (let from = 0; from < size; from += 250) {
    const rows = [...Array(Math.min(250, size - from)).keys()].map((n) => sessionOf(from + n))
    await ask('POST', '/sessions/resources/batch', { rows })
  }
  const path = '/sessions/calendar.ics'
  const { etag = '' } = (await ask('GET', path)).headers
  const whole = () => ask('GET', path)
  const known = () => ask('GET', path, undefined, { 'if-none-match': etag })
  const [built, unchanged]: [number[], number[]] = [[], []]
  for (let run = 0; run < 15; run += 1) {
    built.push(await processorMs(whole))
    unchanged.push(await processorMs(known))
  }
  const [some, none] = [median(built), median(unchanged)]
  const told = await costOf(known)
  return [
    { name: 'a calendar, each session: processor', value: some / size, limit: 0.15, unit: 'ms' },
    { name: 'its 304 against its 200: processor', value: none / some, limit: 0.1, unit: '×' },
    { name: 'its 304: trips to the store', value: told.roundTrips, limit: 3, unit: 'trips' },
  ]
}

const paragraph = 'Was wir lernten, als 400 Leute durch eine Tür wollten. '.repeat(14)
const sessionOf = (n: number) => ({
  session_name: `Talk ${n} über alles`,
  session_description: `<p>${paragraph}</p><ul><li>one</li><li>two</li></ul>`,
  session_date: `2027-05-0${1 + (n % 5)}`,
  session_start_time: '09-00',
  session_end_time: '10-00',
  location: `Room ${n % 20}`,
})
