import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { follow, load, type Mirror } from '#examples/mirror.ts'
import { askOf } from '#examples/run.ts'
import { disorderOf, everyChange } from '#test/support/feed-order.ts'
import { freePort, restartable } from '#test/support/server.ts'
import { lanesOf } from '#test/support/writers.ts'

// Longer: MIRROR_SECONDS=120 MIRROR_SEEDS=20 npm test -- --project long mirror
const seconds = Number(process.env.MIRROR_SECONDS ?? 5)
const seeds = [...Array(Number(process.env.MIRROR_SEEDS ?? 1)).keys()]
const token = `plk_${'m'.repeat(26)}_${'t'.repeat(32)}`

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function served() {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-mirror-'))
  const port = await freePort()
  const server = restartable(folder, token, port)
  await server.start()
  endings.push(() => rmSync(folder, { recursive: true, force: true }))
  endings.push(() => server.kill('server'))
  const api = `http://127.0.0.1:${port}/api/v2`
  const made = await fetch(`${api}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Mirrored' }),
  })
  const { id } = (await made.json()) as { id: string }
  return { server, event: `${api}/events/${id}` }
}

const plain = ({ things, links }: Mirror) => ({
  things: Object.fromEntries([...things].sort()),
  links: [...links].sort(),
})

test.each(seeds)(
  'keeps a mirror right by the feed, whoever writes and whatever is killed: %i',
  async (seed) => {
    const { server, event } = await served()
    const ask = askOf(event, token)
    let mirror = await load(ask)
    const lanes = lanesOf({ event, token, seed, until: Date.now() + seconds * 1_000 })
    let isOver = false
    const following = (async () => {
      while (!isOver) mirror = await follow(ask, mirror, 1)
    })()
    for (let n = seed; Date.now() + 2_000 < lanes.until; n += 1) {
      await sleep(2_500)
      await server.kill(n % 2 === 0 ? 'server' : 'engine')
      await server.start()
    }
    await lanes.done
    isOver = true
    await following
    // What was decided and is not done yet is done by whoever reads, and comes into the feed as well.
    let fresh = await load(ask)
    for (let tries = 0; tries < 60 && mirror.at < fresh.at; tries += 1)
      mirror = await follow(ask, mirror, 1)
    for (let quiet = 0; quiet < 3; quiet = mirror.at === fresh.at ? quiet + 1 : 0) {
      fresh = await load(ask)
      mirror = await follow(ask, mirror, 1)
    }
    expect(plain(mirror)).toEqual(plain(fresh))
    expect(lanes.written()).toBeGreaterThan(20)
    expect(disorderOf(await everyChange(ask))).toEqual([])
  },
)
