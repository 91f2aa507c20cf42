import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyRoute } from '#functions/every-route.ts'
import type { Route } from '#lib/http/route.ts'
import { verdict } from '#test/support/authorisation.ts'
import { call } from '#test/support/call.ts'
import {
  bare,
  best,
  credentialOf,
  filled,
  type Ids,
  type Principal,
  placeOf,
  principals,
  randomLike,
  type World,
  world,
} from '#test/support/security.ts'

// One world for all routes, since nothing here destroys what another test needs: bodies are broken JSON,
// of which only who may call the route gets to hear, and If-Match names a state that never was.
let here: World
beforeAll(async () => {
  here = await world()
})

afterAll(() => {
  const cells = everyRoute.length * principals.length
  console.log(`${everyRoute.length} routes × ${principals.length} principals: ${cells} verdicts.`)
})

const named = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`
const guarded = everyRoute.filter(({ right }) => right !== 'public')

function ask(route: Route, principal: Principal, changed: Ids = {}, body: unknown = '{') {
  return call(route.method.toUpperCase(), filled(route, here.own, changed), {
    ...credentialOf(here, principal),
    headers: { 'if-match': '"never"' },
    ...(route.method !== 'get' && { body }),
  })
}

describe.each(everyRoute.map((route) => [named(route), route] as const))('%s', (_, route) => {
  test.each(principals)('treats %s as its right says', async (principal) => {
    const reply = await ask(route, principal)
    const { status, error } = reply
    const wanted = verdict(route, principal)
    expect(status, reply.text).toBeLessThan(500)
    if (wanted === 'unauthorised') expect(error).toBe('not_authorised')
    if (wanted === 'forbidden') expect(error).toBe('forbidden')
    if (wanted === 'hidden') expect(status).toBe(404)
    if (wanted !== 'allowed') return
    expect(status, reply.text).not.toBe(401)
    // Routes of one person look at who asks more closely than by role, and doors at what is asked.
    if (route.right !== 'person' && !route.returnsLess) expect(status, reply.text).not.toBe(403)
    expect(error, reply.text).not.toBe('event_not_found')
  })

  const hidden = principals.filter((principal) => verdict(route, principal) === 'hidden')
  test.each(hidden)('shows %s what it shows of what was never there', async (who) => {
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    // A feed knows its event: of that one, it is shown nothing else.
    const name = (who === 'feed' ? inPath.at(-1) : inPath[0]) ?? 'event'
    const random = randomLike(placeOf(route, name))
    expect(bare(await ask(route, who))).toEqual(bare(await ask(route, who, { [name]: random })))
  })

  const inner = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).slice(1)
  test.each(inner)('takes no %s of another event', async (name) => {
    const place = placeOf(route, name)
    const foreign = here.sibling[place] ?? ''
    expect(foreign, place).not.toBe('')
    const body = route.example ?? {}
    const given = await ask(route, best(route), { [name]: foreign }, body)
    const random = await ask(route, best(route), { [name]: randomLike(place) }, body)
    expect(given.status, given.text).toBeGreaterThanOrEqual(400)
    expect(bare(given)).toEqual(bare(random))
  })
})

test('knows the meaning of every parameter in a path', () => {
  const places = guarded.flatMap((route) =>
    [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => placeOf(route, name)),
  )
  expect([...new Set(places)].filter((place) => !(place in here.own))).toEqual([])
})
