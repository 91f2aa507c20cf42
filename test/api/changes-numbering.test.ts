import { expect, test } from 'vitest'
import { isOfTypes, isTypePattern } from '#lib/model/change.ts'
import { changeId, type NewChange, numberChanges } from '#lib/store/feed/number-changes.ts'
import { latestChange, readChanges } from '#lib/store/read/changes.ts'
import { scopeOf } from '../support/attendee.ts'
import { freshEvent } from '../support/factories.ts'

const change = (record: number, n = 0): NewChange => ({
  id: changeId(`record-${record}`, n),
  type: 'person.created',
  object: 'person',
  objectId: `per_${record}`,
  version: 1,
  changed: [],
  occurredAt: '2027-05-04T08:00:00.000Z',
  note: { group_id: `grp_${n}` },
})
const many = (from: number, count: number) =>
  [...Array(count).keys()].map((n) => change(from + n, n % 3))

test('numbers changes from 1 without a gap, in the order given', async () => {
  const scope = await scopeOf(await freshEvent())
  await numberChanges(scope, many(0, 100))
  await numberChanges(scope, many(100, 20))
  const { rows, latest } = await readChanges(scope, { after: 0, limit: 1000 })
  expect(latest).toBe(120)
  expect(rows.map(({ sequence }) => sequence)).toEqual([...Array(120).keys()].map((n) => n + 1))
  expect(rows.map(({ objectId }) => objectId)).toEqual(many(0, 120).map((one) => one.objectId))
})

test('passes over what a batch that comes again has numbered already', async () => {
  const scope = await scopeOf(await freshEvent())
  await numberChanges(scope, many(0, 50))
  await numberChanges(scope, many(30, 50))
  const { rows } = await readChanges(scope, { after: 0, limit: 1000 })
  expect(rows.map(({ objectId }) => objectId)).toEqual(many(0, 80).map((one) => one.objectId))
})

test('lets two who number at once make each other repeat', async () => {
  const scope = await scopeOf(await freshEvent())
  const lanes = [0, 1, 2, 3].map((n) => many(n * 100, 40))
  await Promise.all([...lanes, ...lanes].map((lane) => numberChanges(scope, lane)))
  const { rows, latest } = await readChanges(scope, { after: 0, limit: 1000 })
  expect(latest).toBe(160)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(160)
  for (const lane of lanes) {
    const own = rows.filter(({ id }) => lane.some((one) => one.id === id))
    expect(own.map(({ id }) => id)).toEqual(lane.map(({ id }) => id))
  }
})

test('reads behind a sequence, and nothing where nothing is', async () => {
  const scope = await scopeOf(await freshEvent())
  expect(await readChanges(scope, { after: 0, limit: 20 })).toEqual({ rows: [], latest: 0 })
  await numberChanges(scope, many(0, 10))
  const { rows } = await readChanges(scope, { after: 7, limit: 2 })
  expect(rows.map(({ sequence }) => sequence)).toEqual([8, 9])
  expect(await latestChange(scope)).toBe(10)
})

test('knows the types of changes, and all of one object', () => {
  expect(isTypePattern('person.*')).toBe(true)
  expect(isTypePattern('person.erased')).toBe(true)
  expect(isTypePattern('person.eaten')).toBe(false)
  expect(isTypePattern('*')).toBe(true)
  expect(isOfTypes({ type: 'person.created' }, ['track.*', 'person.*'])).toBe(true)
  expect(isOfTypes({ type: 'persons.created' }, ['person.*'])).toBe(false)
  expect(isOfTypes({ type: 'person.created' }, undefined)).toBe(true)
  expect(isOfTypes({ type: 'person.created' }, [])).toBe(false)
})
