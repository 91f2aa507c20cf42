import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { changesIn } from '#test/support/changes.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { type EventClient, freshEvent, runAllJobs } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { attendeeIds, attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

beforeAll(followChanges)
setLogSink(() => undefined)

// Longer: WAITLIST_OPERATIONS=20000 npm test -- --project long waitlist
const operations = Number(process.env.WAITLIST_OPERATIONS ?? 600)

const lineOf = (session: string) => `/sessions/resources/${session}/waitlist`

/** Who has a seat, in any order, and who waits, in theirs. */
async function standing(at: EventClient, id: string) {
  const [seats, line] = await Promise.all([
    at.ask('GET', `${attendeesOf(id)}?limit=1000`),
    at.ask('GET', `${lineOf(id)}?limit=1000`),
  ])
  const waiting: { person_id: string; position: number }[] = line.body.waitlist
  expect(waiting.map(({ position }) => position)).toEqual(waiting.map((_, n) => n + 1))
  const seated: string[] = attendeeIds(seats.body)
  expect(seats.body.record_number).toBe(seated.length)
  return { seated: seated.toSorted(), line: waiting.map(({ person_id }) => person_id) }
}

test('seats 50 of 500 who come at once and lines up the rest, then the right 55 when many go at once', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 500)
  const { session_id: id } = await makeSession(at, { capacity: 50, waitlist: true })
  const came = await Promise.all(
    people.map((person) => at.ask('POST', `${attendeesOf(id)}/${person}?waitlist=true`)),
  )
  const count = (status: number) => came.filter((one) => one.status === status).length
  expect([count(200), count(202)]).toEqual([50, 450])
  const before = await standing(at, id)
  const places = new Map(came.map(({ body }, n) => [people[n], body.position as number]))
  expect(before.line.map((person) => places.get(person))).toEqual(before.line.map((_, n) => n + 1))
  const givingUp = before.line.slice(300, 320)
  const session = `/sessions/resources/${id}`
  const gone = await Promise.all([
    ...before.seated.map((person) => at.ask('DELETE', `${attendeesOf(id)}/${person}`)),
    ...givingUp.map((person) => at.ask('DELETE', `${lineOf(id)}/${person}`)),
    at.ask('PATCH', session, { session: { capacity: 55 } }),
  ])
  expect(gone.map(({ status }) => status)).toEqual(gone.map(() => 200))
  await runAllJobs()
  const after = await standing(at, id)
  expect(after.seated).toEqual(before.line.slice(0, 55).toSorted())
  expect(after.line).toEqual(before.line.slice(55).filter((one) => !givingUp.includes(one)))
  await drainFeed()
  const told = (await changesIn(at)).filter(({ type }) => type === 'attendance.promoted')
  const promoted = told.map(({ note }) => note.person_id)
  expect(promoted.toSorted()).toEqual(after.seated)
})

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
    { numRuns: Math.ceil(operations / stepsARun), seed: 11, endOnFailure: true },
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
