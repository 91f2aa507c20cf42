import { existsSync, renameSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { remainsScope } from '#lib/store/event-scope.ts'
import { transact } from '#lib/table/transact.ts'
import { call } from '#test/support/call.ts'
import { engines } from '#test/support/engines.ts'
import { type EventClient, freshEvent, runAllJobs } from '#test/support/factories.ts'
import { inject } from '#test/support/faults.ts'
import { ripenUnnoticed } from '#test/support/jobs.ts'
import { pixels } from '#test/support/photos.ts'
import {
  beforeObjects,
  jpeg,
  objectsOf,
  picturesOf,
  square,
  visit,
} from '#test/support/pictures.ts'
import { rowsMentioning } from '#test/support/scan.ts'

const write = 'TransactWriteItemsCommand'
const killed = () => new Error('killed')
const endings: (() => unknown)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** The sweeper as it runs when no request of now can still be alive. */
async function sweptLater() {
  await ripenUnnoticed()
  await runAllJobs()
}

async function onObjects(happen: Parameters<typeof beforeObjects>[0]) {
  const end = await beforeObjects(happen)
  endings.push(end)
  return end
}

/** Makes the next transaction after the last object of an upload fail, as if the function died there. */
async function killAfterObjects(when: 'before' | 'after') {
  let left = 2
  return onObjects((deed) => {
    if (deed !== 'put' || --left !== 0) return
    endings.push(inject({ command: write, when, times: 1, error: killed }).end)
  })
}

async function scopeOf({ id, token }: EventClient) {
  const { organisation: org } = (await call('GET', '/me', { token })).body
  return remainsScope({ org, deadline: Date.now() + 20_000 }, id)
}

/** Holds rows and objects of an event against each other, and gives the ids of its pictures. */
async function balanced(at: EventClient): Promise<string[]> {
  const list = await picturesOf(at).ask('GET')
  const rows: { resource_id: string; url: string; thumb_url: string }[] = list.body
  const named = rows.flatMap(({ url, thumb_url }) =>
    [url, thumb_url].map((one) => new URL(one).pathname.replace('/pictures/', '')),
  )
  expect((await objectsOf(at.id)).sort()).toEqual(named.sort())
  expect((await at.ask('GET', '')).body.data_counters.pictures).toBe(rows.length)
  return rows.map(({ resource_id }) => resource_id)
}

test('removes the objects of an upload that died before its row', async () => {
  const at = await freshEvent()
  await killAfterObjects('before')
  expect((await picturesOf(at).ask('POST', '', await square(), jpeg)).status).toBe(500)
  expect(await objectsOf(at.id)).toHaveLength(2)
  const { runJobs } = await import('#lib/store/jobs/runner.ts')
  await runJobs(Date.now() + 20_000)
  expect(await objectsOf(at.id)).toHaveLength(2)
  await sweptLater()
  expect(await balanced(at)).toEqual([])
})

test('keeps an upload whose answer alone was lost', async () => {
  const at = await freshEvent()
  // The first picture of an event takes a transaction more, to open what counts them.
  await picturesOf(at).add()
  await killAfterObjects('after')
  expect((await picturesOf(at).ask('POST', '', await square(), jpeg)).status).toBe(500)
  await sweptLater()
  expect(await balanced(at)).toHaveLength(2)
})

test('makes no row once the sweeper has taken the objects as left behind', async () => {
  const { runJobs: sweep } = await import('#lib/store/jobs/runner.ts')
  const { newPicture } = await import('#lib/store/write/pictures.ts')
  const { decodePicture } = await import('#lib/base/images/decode.ts')
  const at = await freshEvent()
  const upload = { content: await decodePicture(await square()), filename: '', request: '' }
  for (const dies of [0, 1]) {
    // A function that was frozen between objects and row, while the sweeper came by, or died at it.
    const scope = await scopeOf(at)
    const { writes } = await newPicture(scope, upload)
    await ripenUnnoticed()
    const fault = inject({ command: write, when: 'after', times: dies, error: killed })
    await sweep(Date.now() + 20_000)
    fault.end()
    await expect(transact(scope, writes)).rejects.toMatchObject({ reason: 'store_busy' })
    await sweptLater()
    expect(await balanced(at)).toEqual([])
  }
})

test('shows a decided replacement though the request died before the bytes came under the address', async () => {
  const at = await freshEvent()
  const { resource_id: id, url } = await picturesOf(at).add()
  const lasting = new URL(url).pathname.replace('/pictures/', '')
  const end = await onObjects((deed, key) => {
    if (deed === 'put' && key.startsWith(lasting)) throw killed()
  })
  const put = await picturesOf(at).ask('PUT', `/${id}`, await square(40), jpeg)
  expect(put.status).toBe(200)
  expect(await objectsOf(at.id)).toHaveLength(4)
  end()
  await sweptLater()
  expect(await pixels((await visit(url)).body)).toMatchObject({ width: 40 })
  expect(await balanced(at)).toEqual([id])
})

test('leaves the old picture when a replacement died before it was decided', async () => {
  const at = await freshEvent()
  const { resource_id: id, url } = await picturesOf(at).add()
  await killAfterObjects('before')
  expect((await picturesOf(at).ask('PUT', `/${id}`, await square(40), jpeg)).status).toBe(500)
  await sweptLater()
  expect(await pixels((await visit(url)).body)).toMatchObject({ width: 16 })
  expect(await balanced(at)).toEqual([id])
})

test('finishes a replacement wherever the sweeper is killed', async () => {
  const { runJobs: sweep } = await import('#lib/store/jobs/runner.ts')
  const at = await freshEvent()
  const { resource_id: id, url } = await picturesOf(at).add()
  for (let kill = 0; kill < 4; kill += 1) {
    await killAfterObjects('after')
    expect((await picturesOf(at).ask('PUT', `/${id}`, await square(40 + kill), jpeg)).status).toBe(
      500,
    )
    for (const end of endings.splice(0)) end()
    await ripenUnnoticed()
    const later = inject({ command: write, when: 'after', times: 1, skip: kill, error: killed })
    await sweep(Date.now() + 20_000)
    later.end()
    await sweptLater()
    expect(await pixels((await visit(url)).body)).toMatchObject({ width: 40 + kill })
    expect(await balanced(at)).toEqual([id])
  }
})

test('reports an erasure only when the object store has deleted everything', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  const [one, other] = [await pictures.add(), await pictures.add()]
  const end = await onObjects((deed) => {
    if (deed === 'delete') throw killed()
  })
  expect((await pictures.ask('DELETE', `/${one.resource_id}`)).status).toBe(200)
  expect((await pictures.ask('GET', `/${one.resource_id}`)).status).toBe(404)
  expect(await objectsOf(at.id)).toHaveLength(4)
  const { erasePicture } = await import('#lib/store/write/remove-picture.ts')
  await expect(erasePicture(await scopeOf(at), other.resource_id)).rejects.toMatchObject({
    reason: 'store_busy',
  })
  end()
  expect(await erasePicture(await scopeOf(at), other.resource_id)).toBe(true)
  await sweptLater()
  expect(await balanced(at)).toEqual([])
  expect(await rowsMentioning(other.resource_id)).toEqual([])
})

test('answers 503 for an upload that left nothing when the object store is away', async () => {
  const at = await freshEvent()
  const { resource_id: id, url } = await picturesOf(at).add()
  const end = await onObjects((deed) => {
    if (deed === 'put') throw killed()
  })
  for (const [method, path] of [
    ['POST', ''],
    ['PUT', `/${id}`],
  ] as const) {
    const answer = await picturesOf(at).ask(method, path, await square(50), jpeg)
    expect([answer.status, answer.error]).toEqual([503, 'store_busy'])
    expect(answer.headers['retry-after']).toBeDefined()
  }
  end()
  await sweptLater()
  expect(await pixels((await visit(url)).body)).toMatchObject({ width: 16 })
  expect(await balanced(at)).toEqual([id])
})

test('removes the objects of a deleted picture once the folder that was away is back', async () => {
  const at = await freshEvent()
  const { resource_id: id } = await picturesOf(at).add()
  const { pictures } = await engines()
  renameSync(pictures, `${pictures}-away`)
  endings.push(() => existsSync(pictures) || renameSync(`${pictures}-away`, pictures))
  expect((await picturesOf(at).ask('DELETE', `/${id}`)).status).toBe(200)
  await ripenUnnoticed()
  const { runJobs } = await import('#lib/store/jobs/runner.ts')
  await runJobs(Date.now() + 20_000)
  renameSync(`${pictures}-away`, pictures)
  expect(await objectsOf(at.id)).toHaveLength(2)
  await sweptLater()
  expect(await balanced(at)).toEqual([])
})

test('leaves no object of a deleted event, nor of an upload that came too late for it', async () => {
  const at = await freshEvent()
  const pictures = picturesOf(at)
  await pictures.add()
  await pictures.add()
  const end = await onObjects(() => {
    end()
    endings.push(inject({ command: write, when: 'before', times: 1, error: killed }).end)
  })
  await pictures.ask('POST', '', await square(), jpeg)
  expect((await at.ask('DELETE', '')).status).toBe(200)
  await sweptLater()
  expect(await objectsOf(at.id)).toEqual([])
  expect(await rowsMentioning(at.id)).toEqual([])
})

test('makes no picture in an event that was deleted while it was on its way', async () => {
  const { createPicture } = await import('#lib/store/write/pictures.ts')
  const { decodePicture } = await import('#lib/base/images/decode.ts')
  const at = await freshEvent()
  await picturesOf(at).add()
  const scope = await scopeOf(at)
  expect((await at.ask('DELETE', '')).status).toBe(200)
  const upload = { content: await decodePicture(await square()), filename: '', request: '' }
  await expect(createPicture(scope, upload)).rejects.toMatchObject({ reason: 'event_not_found' })
  await sweptLater()
  expect(await objectsOf(at.id)).toEqual([])
})
