import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { forgetSeats } from '#lib/table/seat-modes.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { freshEvent, runAllJobs } from '#test/support/factories.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'
import { lineOf, standing } from '#test/support/waitlist.ts'

setLogSink(() => undefined)

// Longer: WAITLIST_OPERATIONS=20000 WAITLIST_SEED=12 npm test -- --project long waitlist.test
const operations = Number(process.env.WAITLIST_OPERATIONS ?? 600)
const seed = Number(process.env.WAITLIST_SEED ?? 11)

type Step = { what: string; who: number; size: number }
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...['join', 'join', 'join', 'wait', 'wait', 'wait', 'leave', 'leave', 'giveUp', 'delete'],
    ...['capacity', 'ticket', 'batch', 'agenda'],
  ),
  who: fc.nat({ max: 11 }),
  size: fc.integer({ min: 0, max: 5 }),
})

/** What should be: seats in any order, the line in its own, and nobody past it. */
class Model {
  seated = new Set<string>()
  line: string[] = []
  capacity: number | undefined = 2

  private get isFree(): boolean {
    return this.capacity === undefined || this.seated.size < this.capacity
  }
  private promote(): void {
    while (this.line.length > 0 && this.isFree) this.seated.add(this.line.shift() ?? '')
  }
  join(person: string, waits: boolean): number {
    if (this.seated.has(person)) return 409
    if (this.isFree && this.line.length === 0) {
      this.seated.add(person)
      return 200
    }
    if (!waits) return 409
    if (!this.line.includes(person)) this.line.push(person)
    return 202
  }
  leave(person: string): number {
    if (!this.seated.delete(person)) return 404
    this.promote()
    return 200
  }
  giveUp(person: string): number {
    if (!this.line.includes(person)) return 404
    this.line = this.line.filter((one) => one !== person)
    this.promote()
    return 200
  }
  end(person: string): void {
    this.seated.delete(person)
    this.line = this.line.filter((one) => one !== person)
    this.promote()
  }
  resize(capacity: number | undefined): void {
    this.capacity = capacity
    this.promote()
  }
}

test('is what a model of one line and some seats is, after every step of every kind', async () => {
  const stepsARun = 40
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: stepsARun, maxLength: stepsARun }), runSteps),
    { numRuns: Math.ceil(operations / stepsARun), seed, endOnFailure: true },
  )
}, 3_600_000)

async function runSteps(steps: Step[]): Promise<void> {
  const at = await freshEvent()
  const people = await crowd(at, 12)
  const type = { ticket_type: { name: 'Day', session_access: 'all' } }
  const { ticket_type_id } = (await at.ask('POST', '/ticket_types', type)).body
  const { session_id: id } = await makeSession(at, { capacity: 2, waitlist: true })
  const model = new Model()
  const seat = (person: string) => `${attendeesOf(id)}/${person}`
  for (const [n, { what, who, size }] of steps.entries()) {
    const person = people[who] ?? ''
    const at_ = `step ${n}: ${what} ${who} ${size}`
    const status = async (method: string, path: string, body?: unknown) =>
      (await at.ask(method, path, body)).status
    if (what === 'join' || what === 'wait') {
      const query = what === 'wait' ? '?waitlist=true' : ''
      expect(await status('POST', seat(person) + query), at_).toBe(
        model.join(person, what === 'wait'),
      )
    } else if (what === 'leave') {
      expect(await status('DELETE', seat(person)), at_).toBe(model.leave(person))
    } else if (what === 'giveUp') {
      expect(await status('DELETE', `${lineOf(id)}/${person}`), at_).toBe(model.giveUp(person))
    } else if (what === 'delete') {
      await at.ask('DELETE', `/people/resources/${person}`)
      model.end(person)
      people[who] = (await crowd(at, 1))[0] ?? ''
    } else if (what === 'capacity') {
      const capacity = size === 0 ? null : size
      await at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity } })
      model.resize(capacity ?? undefined)
    } else if (what === 'ticket') {
      const path = `/people/resources/${person}/ticket`
      await at.ask('PUT', path, { ticket: { ticket_type_id } })
      await at.ask('DELETE', path)
      model.end(person)
    } else if (what === 'batch') {
      await at.ask('POST', `${attendeesOf(id)}/batch`, { rows: [{ person_id: person }] })
      if (!model.seated.has(person)) model.join(person, false)
    } else {
      // An agenda without the session leaves it, roles or not.
      const assign_agenda = { sessions: [] }
      await at.ask('PATCH', `/people/resources/${person}`, { person: { assign_agenda } })
      if (model.seated.has(person)) model.leave(person)
    }
    const { seated, line } = await standing(at, id)
    expect({ seated, line }, at_).toEqual({
      seated: [...model.seated].toSorted(),
      line: model.line,
    })
  }
}

test.each([
  ['leaving', 'DELETE', (id: string, [first]: string[]) => `${attendeesOf(id)}/${first}`],
  ['deleting', 'DELETE', (_: string, [first]: string[]) => `/people/resources/${first}`],
  ['more seats', 'PATCH', (id: string) => `/sessions/resources/${id}`],
] as const)(
  'gives each free seat to the first in line once, killed at any write of %s',
  async (_what, method, path) => {
    for (let writes = 0; writes < 6; writes += 1) {
      const at = await freshEvent()
      const people = await crowd(at, 5)
      const { session_id: id } = await makeSession(at, { capacity: 2, waitlist: true })
      for (const person of people) {
        await at.ask('POST', `${attendeesOf(id)}/${person}?waitlist=true`)
      }
      const before = await standing(at, id)
      const ask = () =>
        at.ask(
          method,
          path(id, before.seated),
          method === 'PATCH' ? { session: { capacity: 3 } } : undefined,
        )
      crashAfter(writes)
      await ask()
      restart()
      // The client sends it again, and what is left is left to the jobs.
      await ask()
      await runAllJobs()
      const after = await standing(at, id)
      const kept = method === 'PATCH' ? before.seated : before.seated.slice(1)
      expect(after.seated, `after ${writes}`).toEqual([...kept, before.line[0] ?? ''].toSorted())
      expect(after.line).toEqual(before.line.slice(1))
    }
  },
)

test('gives seats in the very transaction that makes more of them, and the rest by whatever process', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 34)
  const { session_id: id } = await makeSession(at, { capacity: 2, waitlist: true })
  for (const person of people) await at.ask('POST', `${attendeesOf(id)}/${person}?waitlist=true`)
  const raise = (capacity: number | null) =>
    at.ask('PATCH', `/sessions/resources/${id}`, { session: { capacity } })
  const { line } = await standing(at, id)
  crashAfter(1)
  await raise(7)
  restart()
  const few = await standing(at, id)
  expect(few.line).toEqual(line.slice(5))
  expect(few.seated).toHaveLength(7)
  crashAfter(1)
  await raise(30)
  restart()
  expect((await standing(at, id)).line).toEqual(line.slice(17))
  // As in a process that has never met the session.
  forgetSeats()
  await runAllJobs()
  expect((await standing(at, id)).line).toEqual(line.slice(28))
  crashAfter(1)
  await raise(null)
  restart()
  forgetSeats()
  await runAllJobs()
  expect((await standing(at, id)).line).toEqual([])
})
