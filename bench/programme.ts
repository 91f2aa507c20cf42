import { brotliCompressSync } from 'node:zlib'
import { freshEvent } from '#test/support/factories.ts'
import type { Measure } from './people.ts'
import { median, processorMs } from './processor.ts'

const people = 300
const tracks = 8

/**
 * The programme page of a large conference: what a page costs this process, what it costs to be told that nothing is new,
 * and how much of it a visitor loads, pictures aside.
 */
export async function programmeBench(size = 1_000): Promise<Measure[]> {
  const at = await freshEvent()
  const { ask } = at
  const made = async (path: string, rows: object[]): Promise<string[]> =>
    (await ask('POST', `${path}/batch`, { rows })).body.rows.map(({ id }: { id: string }) => id)
  const speakers = await made('/people/resources', [...Array(people).keys()].map(personOf))
  const trackIds: string[] = []
  for (const n of Array(tracks).keys()) {
    const track = { track_name: `Track ${n}`, track_color: '#00695C' }
    trackIds.push((await ask('POST', '/sessions/tracks', { track })).body.track_id)
  }
  for (let from = 0; from < size; from += 250) {
    const rows = [...Array(250).keys()].map((n) => ({
      ...sessionOf(from + n),
      speakers: [speakers[(from + n) % people], speakers[((from + n) * 7) % people]],
      session_tracks: [trackIds[n % tracks]],
    }))
    await made('/sessions/resources', rows)
  }
  await ask('PATCH', '', { event: { published: true } })
  const day = () => ask('GET', '/programme')
  const found = () => ask('GET', '/programme?q=talk')
  const { etag = '' } = (await day()).headers
  const known = () => ask('GET', '/programme', undefined, { 'if-none-match': etag })
  // Each in a row: what one leaves to the garbage collector is not counted against the next.
  const cost = async (ask: () => Promise<unknown>) => {
    const runs: number[] = []
    for (let run = 0; run < 25; run += 1) runs.push(await processorMs(ask))
    return median(runs)
  }
  const ms = { known: await cost(known), day: await cost(day), found: await cost(found) }
  const weight = brotliCompressSync((await found()).bytes).length
  const of = `programme of ${size} sessions`
  return [
    { name: `${of}, a day: processor`, value: ms.day, limit: 150, unit: 'ms' },
    { name: `${of}, found all: processor`, value: ms.found, limit: 150, unit: 'ms' },
    { name: `${of}, its 304: processor`, value: ms.known, limit: 10, unit: 'ms' },
    { name: `${of}, found all: compressed`, value: weight / 1_024, limit: 100, unit: 'KB' },
  ]
}

const personOf = (n: number) => ({
  profile: { first_name: `Łukasz ${n}`, last_name: 'Müller', company: `Werk ${n % 40}` },
})

const sessionOf = (n: number) => ({
  session_name: `Talk ${n} über alles, was Türen lernen`,
  session_subtitle: 'A subtitle of usual length',
  session_description: `<p>${'Was wir lernten. '.repeat(60)}</p>`,
  session_date: `2027-05-0${1 + (n % 5)}`,
  session_start_time: `${String(9 + (n % 8)).padStart(2, '0')}-00`,
  session_end_time: `${String(9 + (n % 8)).padStart(2, '0')}-45`,
  location: `Room ${n % 20}`,
})
