import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTable } from '#infra/local/dynamodb.ts'
import { call } from '#test/support/call.ts'
import { runAllJobs } from '#test/support/factories.ts'
import { putRows, type WireRow } from '#test/support/wire-rows.ts'

// Rows as earlier releases wrote them (npm run keep-release): this one has to read and to change them.
const kept = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json.gz'))
const file = kept.sort().at(-1) ?? ''
const text = gunzipSync(readFileSync(join(import.meta.dirname, file))).toString()
const { token, rows }: { token: string; rows: WireRow[] } = JSON.parse(text)

const here = process.env.TABLE_NAME ?? ''
beforeAll(async () => {
  const endpoint = process.env.DYNAMODB_ENDPOINT ?? ''
  await createTable(endpoint, 'kept')
  await putRows(endpoint, 'kept', rows)
  process.env.TABLE_NAME = 'kept'
})
afterAll(() => {
  process.env.TABLE_NAME = here
})

const ask = (method: string, path: string, body?: unknown) =>
  call(method, `/events/demo${path}`, {
    token,
    headers: { ext_id_system: 'crm' },
    ...(body !== undefined && { body }),
  })
const good = async (asking: ReturnType<typeof ask>) => {
  const { status, body, text } = await asking
  expect(status, text).toBe(200)
  return body
}

test.each([
  '',
  '/people',
  '/people/resources?limit=100',
  '/people/groups',
  '/people/custom_fields',
  '/sessions',
  '/sessions/resources?limit=100',
  '/sessions/tracks',
  '/sessions/calendar.ics',
  '/ticket_types',
  '/event_schedules',
  '/networking/sessions',
  '/resources/pictures',
])(
  `reads what release ${file.replace('.json.gz', '')} wrote: GET /events/{event}%s`,
  async (path) => {
    const { status, text } = await ask('GET', path)
    expect(status, text).toBe(200)
  },
)

test('reads every person and every session of it, and puts them back unchanged', async () => {
  const { people_list } = await good(ask('GET', '/people/resources?limit=20'))
  expect(people_list.length).toBeGreaterThan(0)
  for (const { person_id } of people_list) {
    const path = `/people/resources/${person_id}`
    const { timestamps: _, ...person } = await good(ask('GET', path))
    const { timestamps: __, ...again } = await good(ask('PUT', path, person))
    expect(again).toEqual(person)
  }
})

test('changes and deletes what it wrote, with everything that hangs on it', async () => {
  const { people_list } = await good(ask('GET', '/people/resources?limit=1'))
  const path = `/people/resources/${people_list[0].person_id}`
  await good(ask('PATCH', path, { profile: { company: 'Next' } }))
  await good(ask('DELETE', `${path}?erase=true`))
  await good(ask('DELETE', ''))
  await runAllJobs()
  expect((await ask('GET', '')).status).toBe(404)
})
