import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { freshEvent, makePerson } from '#test/support/factories.ts'
import { askHandlers } from './handlers.ts'
import type { Measure } from './people.ts'

/**
 * What a process of handlers holds after 5,000 and after 20,000 requests of 40 organisations: reads, lists, new people
 * and changes. What is kept for a while is kept for those who ask, and ends with its limits.
 */
export async function memoryBench(): Promise<Measure[]> {
  const ask = await askHandlers()
  const places: { path: string; token: string; person: string }[] = []
  for (let n = 0; n < 40; n += 1) {
    const at = await freshEvent()
    const { person_id: person } = await makePerson(at)
    places.push({ path: `/api/v2/events/${at.id}/people/resources`, token: at.token, person })
  }
  const one = async (n: number) => {
    const { path, token, person } = places[n % places.length] ?? { path: '', token: '', person: '' }
    const url = `${path}/${person}`
    const profile = { first_name: 'Guest', email_address: `g${n}@example.com` }
    if (n % 20 === 0)
      return ask({ method: 'POST', url: path, token, body: { person: { profile } } })
    if (n % 20 === 10)
      return ask({ method: 'PATCH', url, token, body: { profile: { company: `No. ${n}` } } })
    return ask({ method: 'GET', url: n % 4 === 1 ? `${path}?limit=20` : url, token })
  }
  const until = async (from: number, to: number) => {
    for (let n = from; n < to; n += 10) {
      await Promise.all([...Array(10).keys()].map((k) => one(n + k)))
    }
    return held()
  }
  const [few, some, many] = [
    await until(0, 5_000),
    await until(5_000, 10_000),
    await until(10_000, 20_000),
  ]
  const most = (name: string, value: number, limit: number, unit: string) => ({
    name,
    value,
    limit,
    unit,
  })
  return [
    most('heap after 5,000 requests', few.heap, 100, 'MiB'),
    most('heap after 10,000 / after 5,000', some.heap / few.heap, 1.05, '×'),
    most('heap after 20,000 / after 5,000', many.heap / few.heap, 1.05, '×'),
    most('resident after 20,000 / after 5,000', many.resident / few.resident, 1.1, '×'),
  ]
}

/** Memory in MiB after collection. */
async function held(): Promise<{ heap: number; resident: number }> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let n = 0; n < 3; n += 1) {
    collect()
    await new Promise((done) => setImmediate(done))
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 }
}
