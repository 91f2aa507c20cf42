import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { crashAfter, crashOnceDecided, restart, rightBefore } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { inTurns, makePerson, runAllJobs } from '#test/support/factories.ts'
import { agenda, fullSession, groupIds, large, range } from '#test/support/large-writes.ts'
import { makeSession } from '#test/support/sessions.ts'

setLogSink(() => undefined)

test('answers the next request about a person whose large change was killed within two seconds', async () => {
  const { groups, patch, groupsNow } = await large()
  const begun = Date.now()
  await patch({ assign_groups: groups })
  await patch({ assign_groups: [] })
  // What the machine takes for such work when nobody is killed.
  const usual = Date.now() - begun
  crashOnceDecided()
  await patch({ assign_groups: groups })
  restart()
  const start = Date.now()
  expect(await groupsNow()).toHaveLength(60)
  expect(Date.now() - start).toBeLessThan(Math.max(2_000, usual))
})

test('shows nothing of a large change that is refused', async () => {
  const { at, groups, patch, path } = await large()
  const full = await fullSession(at)
  const seen: unknown[] = []
  const look = async () => {
    const { body } = await at.ask('GET', path)
    seen.push(body.profile.company, body.groups.length)
  }
  rightBefore(`#SA#${full}`, look)
  const refused = await patch({
    profile: { company: 'refused' },
    assign_groups: groups,
    ...agenda(full),
  })
  expectError(refused, 'session_full')
  await look()
  expect(seen.filter((one) => one === 'refused' || Number(one) > 0)).toEqual([])
  await runAllJobs()
  await expectConsistent(at)
})

test('refuses a large change for the last session in it that is full', async () => {
  const { at, groups, patch, groupsNow } = await large()
  const open = await inTurns(range(5), () => makeSession(at, { capacity: 3 }))
  const full = await fullSession(at)
  const all = [...open.map(({ session_id }) => session_id), full]
  const refused = await patch({ assign_groups: groups, ...agenda(...all) })
  expectError(refused, 'session_full')
  expect(await groupsNow()).toEqual([])
  await runAllJobs()
  await expectConsistent(at)
})

test('leaves alone what others wrote while a large change was refused', async () => {
  const { at, groups, patch, path } = await large()
  const full = await fullSession(at)
  const [last = ''] = groups.slice(-1)
  const others = async () => {
    await patch({ profile: { title: 'acknowledged' } })
    await at.ask('POST', `${path}/groups/${last}`)
  }
  rightBefore(full, others, 'RequestItems')
  const refused = await patch({ assign_groups: groups, ...agenda(full) })
  expectError(refused, 'session_full')
  const { body } = await at.ask('GET', path)
  expect(body.profile.title).toBe('acknowledged')
  expect(groupIds(body)).toEqual([last])
})

test('gives back the seats of more sessions than one transaction holds when one is full', async () => {
  const { at, patch, path } = await large()
  const open = await inTurns(range(60), () => makeSession(at, { capacity: 1 }))
  const full = await fullSession(at)
  const ids = open.map(({ session_id }) => session_id)
  expectError(await patch(agenda(...ids, full)), 'session_full')
  expect((await at.ask('GET', path)).body.agenda.sessions).toEqual([])
  const other = await makePerson(at)
  const taken = await at.ask('PATCH', `/people/resources/${other.person_id}`, {
    person: agenda(...ids),
  })
  expect(taken.status, taken.text).toBe(200)
  await runAllJobs()
  await expectConsistent(at)
})

test('takes a seat in each of more sessions than one transaction holds', async () => {
  const { at, patch, path } = await large()
  const open = await inTurns(range(60), () => makeSession(at, { capacity: 1 }))
  expect((await patch(agenda(...open.map(({ session_id }) => session_id)))).status).toBe(200)
  expect((await at.ask('GET', path)).body.agenda.sessions).toHaveLength(60)
  await runAllJobs()
  await expectConsistent(at)
})

test('gives back held seats of a large change that was killed before it was decided', async () => {
  const { at, patch, path } = await large()
  const open = await inTurns(range(60), () => makeSession(at, { capacity: 1 }))
  const ids = open.map(({ session_id }) => session_id)
  crashAfter(1)
  const killed = await patch(agenda(...ids))
  restart()
  expect(killed.status).toBeGreaterThanOrEqual(500)
  await runAllJobs()
  expect((await at.ask('GET', path)).body.agenda.sessions).toEqual([])
  await expectConsistent(at)
})

test('does one of two large changes after the other: the result is one of the two', async () => {
  const { at, groups, patch, groupsNow } = await large()
  let other: Promise<{ status: number }> | undefined
  // Part of the groups is written when the second change comes.
  rightBefore(`#G#${groups.at(-1)}`, async () => {
    other = patch({ assign_groups: [] })
    await other
  })
  const first = await patch({ assign_groups: groups })
  expect([first.status, (await other)?.status]).toEqual([200, 200])
  expect([0, 60]).toContain((await groupsNow()).length)
  await expectConsistent(at)
})

test.each(range(3))('ends with one of two large changes that are made at once (%i)', async () => {
  const { at, groups, patch, groupsNow } = await large()
  const both = await Promise.all([
    patch({ assign_groups: groups.slice(0, 55) }),
    patch({ assign_groups: groups.slice(5) }),
  ])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  const now = (await groupsNow()).toSorted()
  const wanted = [groups.slice(0, 55), groups.slice(5)].map((one) => one.toSorted())
  expect(wanted).toContainEqual(now)
  await expectConsistent(at)
})

test.each([undefined, 'a-key'])(
  'tells why a large change is refused, with the key %s',
  async (key) => {
    const { at, groups, patch } = await large()
    const full = await fullSession(at)
    const send = () =>
      patch({ assign_groups: groups, ...agenda(full) }, key ? { 'idempotency-key': key } : {})
    expectError(await send(), 'session_full')
    expectError(await send(), 'session_full')
  },
)

test('frees the key of a large change that was killed before it was decided', async () => {
  const { groups, patch } = await large()
  const send = () => patch({ assign_groups: groups }, { 'idempotency-key': 'k' })
  crashAfter(0)
  expect((await send()).status).toBeGreaterThanOrEqual(500)
  restart()
  const again = await send()
  expect(again.status, again.text).toBe(200)
  expect(again.headers['idempotency-replayed']).toBeUndefined()
})

test('replays the answer of a large change whose work was killed once it was decided', async () => {
  const { at, groups, patch, groupsNow } = await large()
  const send = () => patch({ assign_groups: groups }, { 'idempotency-key': 'k' })
  crashOnceDecided()
  await send()
  restart()
  const again = await send()
  expect(again.status, again.text).toBe(200)
  expect(again.headers['idempotency-replayed']).toBe('true')
  expect(again.body.groups).toHaveLength(60)
  expect(await groupsNow()).toHaveLength(60)
  await expectConsistent(at)
})
