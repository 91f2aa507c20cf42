import { afterEach, expect, test } from 'vitest'
import { newId } from '#lib/base/ids.ts'
import { setLogSink } from '#lib/base/log.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { getJob, newJob } from '#lib/store/queue.ts'
import { type Key, keys } from '#lib/table/keys.ts'
import { getRow, queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { scopeOf } from '#test/support/attendee.ts'
import {
  type EventClient,
  freshEvent,
  makeGroup,
  makePerson,
  runAllJobs,
} from '#test/support/factories.ts'
import { inject, throttled } from '#test/support/faults.ts'
import { ripen } from '#test/support/jobs.ts'
import { filled } from '#test/support/rows.ts'
import { rowsMentioning } from '#test/support/scan.ts'

const lines: { message: string; job?: string; kind?: string; failures?: number }[] = []
setLogSink((line) => lines.push(JSON.parse(line)))
afterEach(() => lines.splice(0))

const until = () => ({ org: '', deadline: Date.now() + 60_000 })

/** A job in the queue, of any kind. */
async function queued(
  at: EventClient,
  kind: string,
  work: Record<string, unknown>,
): Promise<string> {
  const scope = await scopeOf(at)
  const job = newJob(scope, kind, work)
  await transact(scope, job.writes)
  return job.id
}

const places = async (job: string): Promise<Key[]> => {
  const rows = await queryRows<Key>(until(), { pk: keys.queue() })
  return rows.filter(({ sk }) => sk.endsWith(job))
}

async function runFiveTimes(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await runJobs(Date.now() + 5_000)
    await ripen()
  }
}

test('sets a job aside that has failed five times', async () => {
  const at = await freshEvent()
  // Its work names no group, so that no key can be made of it.
  const job = await queued(at, 'settle-picture', {})
  await runFiveTimes()
  expect(await places(job)).toEqual([])
  expect(await getRow(until(), keys.setAside(job))).toMatchObject({ job, kind: 'settle-picture' })
})

test('logs each failure of a job, the last one as set aside', async () => {
  const at = await freshEvent()
  const job = await queued(at, 'settle-picture', {})
  await runFiveTimes()
  const own = lines.filter((line) => line.job === job)
  expect(own.map(({ message }) => message)).toEqual([
    ...Array(4).fill('job failed'),
    'job set aside',
  ])
  expect(own.at(-1)).toMatchObject({ kind: 'settle-picture', failures: 5 })
  expect(own).toMatchObject(Array(5).fill({ JobsFailed: 1 }))
})

test('keeps the work of a job that was set aside for whoever looks at it', async () => {
  const at = await freshEvent()
  const job = await queued(at, 'nobody-knows-this', { of: 'value' })
  await runFiveTimes()
  expect(await getJob(until(), job)).toMatchObject({ work: { of: 'value' }, failures: 4 })
})

test('takes a job of a kind that nobody knows as one that fails', async () => {
  const at = await freshEvent()
  const job = await queued(at, 'nobody-knows-this', {})
  await runFiveTimes()
  expect(await places(job)).toEqual([])
  expect(lines.filter((line) => line.job === job).at(-1)?.message).toBe('job set aside')
})

test('does not count it as a failure of the job when the store is busy', async () => {
  const at = await freshEvent()
  const group = newId('group')
  await runAllJobs()
  const job = await queued(at, 'delete-group', { group })
  // Behind the queries for old logs and for the queue itself.
  const fault = inject({
    command: 'QueryCommand',
    when: 'before',
    times: 1000,
    skip: 2,
    error: throttled,
  })
  await runJobs(Date.now() + 1_500).catch(() => undefined)
  fault.end()
  expect(fault.met()).toBeGreaterThan(0)
  expect(await getJob(until(), job)).toMatchObject({ failures: 0 })
  expect(lines.filter((line) => line.job === job)).toEqual([])
  await runAllJobs()
  expect(await places(job)).toEqual([])
})

/** Many people with a value under a field, and the field deleted. */
async function deletedField(at: EventClient, people: number): Promise<string> {
  const body = { custom_field: { field_name: 'F' } }
  const made = await at.ask('POST', '/people/custom_fields', body)
  const field: string = made.body.custom_field_id
  const scope = await scopeOf(at)
  const rows = [...Array(people)].map(() => {
    const id = newId('person')
    return { ...keys.person(scope, id), id, vr: 1, custom: { [field]: 'value-of-the-dead' } }
  })
  await filled(rows)
  expect((await at.ask('DELETE', `/people/custom_fields/${field}`)).status).toBe(200)
  return field
}

const withValue = async (at: EventClient): Promise<number> => {
  const { org } = await scopeOf(at)
  const rows = await rowsMentioning('value-of-the-dead')
  return rows.filter(({ pk }) => pk.startsWith(org)).length
}

const jobOf = async (field: string) => {
  const rows = await rowsMentioning(field)
  const row = rows.find(({ pk, kind }) => pk.startsWith('J#') && kind === 'delete-field')
  return row as { place?: { after?: string; pass: number } } | undefined
}

test('removes the values of a deleted field from 3,000 people in slices', async () => {
  const at = await freshEvent()
  await runAllJobs()
  const field = await deletedField(at, 3_000)
  let before = 3_000
  const places: string[] = []
  for (let slice = 0; slice < 600 && before > 0; slice += 1) {
    await runJobs(Date.now() + 300)
    const left = await withValue(at)
    const { place } = (await jobOf(field)) ?? {}
    if (place?.after !== undefined) places.push(place.after)
    expect(left).toBeLessThanOrEqual(before)
    before = left
  }
  expect(before).toBe(0)
  // It went on where it had stopped, in the middle of the people.
  expect(places.length).toBeGreaterThan(0)
  expect(places).toEqual(places.toSorted())
  await runAllJobs()
  expect(await jobOf(field)).toBeUndefined()
}, 240_000)

test('lets jobs behind a long one have their turns before it ends', async () => {
  const at = await freshEvent()
  const { person_id } = await makePerson(at)
  await runAllJobs()
  await deletedField(at, 6_000)
  const members = { group_members: [{ member_id: person_id }] }
  const groups: string[] = []
  for (let n = 0; n < 10; n += 1) {
    const { group_id } = await makeGroup(at, `G${n}`, members)
    expect((await at.ask('DELETE', `/people/groups/${group_id}`)).status).toBe(200)
    groups.push(group_id)
  }
  let left: string[] = groups
  for (let slice = 0; slice < 200 && left.length > 0; slice += 1) {
    await runJobs(Date.now() + 300)
    const there = await Promise.all(left.map((group) => rowsMentioning(group)))
    left = left.filter((_, n) => (there[n] ?? []).length > 0)
  }
  expect(left).toEqual([])
  expect(await withValue(at)).toBeGreaterThan(0)
  await runAllJobs()
  expect(await withValue(at)).toBe(0)
}, 240_000)
