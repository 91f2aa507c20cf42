import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { freePort, restartable } from '#test/support/server.ts'

const token = `plk_${'e'.repeat(26)}_${'x'.repeat(32)}`
const people = 4_000
const endings: (() => unknown)[] = []
afterAll(async () => {
  for (const end of endings.reverse()) await end()
})

test('an export whose server is killed again and again is there after all, with everybody once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-exports-'))
  const port = await freePort()
  const server = restartable(folder, token, port)
  const api = `http://127.0.0.1:${port}/api/v2`
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sent = body ? { body: JSON.stringify(body) } : {}
    const answer = await fetch(api + path, { method, headers, ...sent })
    // biome-ignore lint/suspicious/noExplicitAny: answers are read freely
    return answer.json() as Promise<any>
  }
  await server.start()
  endings.push(() => server.kill('server'))
  const event_dates = { start_date: '2027-05-04', end_date: '2027-05-05', time_zone_tz: 'UTC' }
  await ask('POST', '/events', { event: { name: 'Rhine', short_code: 'rhine', event_dates } })
  for (let from = 0; from < people; from += 500) {
    const rows = [...Array(500).keys()].map((n) => ({
      external_ids: [{ id_system: 'crm', id: String(from + n) }],
      profile: { first_name: 'Guest', about: 'Knows about engines. '.repeat(100) },
    }))
    expect(await ask('POST', '/events/rhine/people/resources/batch', { rows })).toMatchObject({
      created: 500,
    })
  }
  const wanted = { kind: 'people', format: 'ndjson' }
  const { export_id: id } = await ask('POST', '/events/rhine/exports', wanted)
  const read = () => ask('GET', `/events/rhine/exports/${id}`)
  for (let kills = 0; kills < 2; kills += 1) {
    while ((await read()).status === 'pending') await sleep(5)
    await server.kill('server')
    await server.start()
  }
  let one = await read()
  for (; !/done|failed/.test(one.status); one = await read()) await sleep(200)
  expect(one).toMatchObject({ status: 'done', record_number: people })
  const text = await (await fetch(one.url)).text()
  const ids = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).external_ids[1].id)
  expect(new Set(ids).size).toBe(people)
  expect(ids).toHaveLength(people)
  // Parts of the writers that were killed went with their server.
  expect(readdirSync(join(folder, 'pictures', 'unfinished'))).toEqual([])
}, 180_000)
