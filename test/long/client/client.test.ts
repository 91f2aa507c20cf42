import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshEvent } from '#test/support/factories.ts'
import { served } from '#test/support/served.ts'
import { api, createPlenary, items, pages } from '../../../client/src/index.ts'

let url = ''
let stop = async () => {}
beforeAll(async () => {
  ;({ url, stop } = await served())
})
afterAll(() => stop())

/** A network on which every third answer is lost: before the server has seen the request, or after. */
function faulty() {
  let count = 0
  const lost: string[] = []
  const faultyFetch: typeof fetch = async (input, init) => {
    count += 1
    const request = new Request(input, init)
    if (count % 3 !== 0) return fetch(request)
    lost.push(request.method)
    if (count % 2 === 0) return new Response(null, { status: 503, headers: { 'retry-after': '0' } })
    await fetch(request)
    throw new TypeError('fetch failed')
  }
  return { fetch: faultyFetch, lost }
}

test('creates each person once over a network that loses answers, pages through all, puts back what it got', async () => {
  const at = await freshEvent()
  const { fetch, lost } = faulty()
  const client = createPlenary({ url, token: at.token, fetch, mostMs: 20 })
  const path = { event: at.id }
  for (let n = 0; n < 60; n += 1) {
    const body = { profile: { first_name: 'Ada', last_name: `No ${n}` } }
    await api.createPerson({ client, path, body, throwOnError: true })
  }
  const people = []
  for await (const person of items(
    (query) => api.listPeople({ client, path, query, throwOnError: true }),
    { limit: 7 },
  ))
    people.push(person)
  expect(people.map(({ profile }) => profile.last_name).sort()).toEqual(
    [...Array(60).keys()].map((n) => `No ${n}`).sort(),
  )
  const [first] = people
  const put = await api.replacePerson({
    client,
    path: { ...path, person: first?.person_id ?? '' },
    body: first ?? {},
    throwOnError: true,
  })
  expect(put.data.timestamps.update_datetime).toBe(first?.timestamps.update_datetime)
  expect(new Set(lost)).toEqual(new Set(['POST', 'GET']))
})

test('pages through lists that come bare, and says what the API refuses', async () => {
  const at = await freshEvent()
  for (let n = 0; n < 5; n += 1) await at.ask('POST', '/people/groups', { group_name: `G${n}` })
  const client = createPlenary({ url: `${url}/api/v2`, token: at.token })
  const path = { event: at.id }
  const sizes = []
  for await (const page of pages(
    (query) => api.listGroups({ client, path, query, throwOnError: true }),
    { limit: 3 },
  ))
    sizes.push(page.length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(7)
  const missing = api.getPerson({ client, path: { ...path, person: 'x' }, throwOnError: true })
  await expect(missing).rejects.toMatchObject({ code: 4040101 })
})
