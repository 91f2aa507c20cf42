import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { rightBefore } from '#test/support/crashes.ts'
import { doorStatus, scan } from '#test/support/door.ts'
import { type EventClient, freshEvent, runAllJobs } from '#test/support/factories.ts'
import { inject } from '#test/support/faults.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

setLogSink(() => undefined)

const minute = 60_000
const none = { inside: 0, entries: 0, people: 0, denied: 0 }
const killed = () => new Error('killed')

test.each(['before', 'after'] as const)(
  'counts a scan once that is killed right %s any of its store calls and sent again',
  async (when) => {
    const at = await freshEvent()
    const [person = ''] = await crowd(at, 1)
    const { session_id: session } = await makeSession(at, { capacity: 5 })
    await at.ask('POST', `${attendeesOf(session)}/${person}`)
    const counted = { ...none }
    const send = (checkin: object) => at.ask('POST', '/checkins', { checkin })
    let met = 1
    for (let call = 0; met > 0; call += 1) {
      for (const [step, type] of ['entry', 'entry', 'exit', 'exit'].entries()) {
        const checkin = { person, session, type, nonce: `${call} ${step}` }
        const fault = inject({ command: 'any', when, times: 1, skip: call, error: killed })
        await send(checkin)
        fault.end()
        met = fault.met()
        const answer = await send(checkin)
        expect(answer.status, answer.text).toBe(200)
        const isEntry = type === 'entry'
        const isDenied = (counted.inside === 1) === isEntry
        expect(answer.body.status).toBe(isDenied ? 'denied' : 'ok')
        if (isDenied) counted.denied += 1
        else {
          counted.inside = isEntry ? 1 : 0
          counted.entries += isEntry ? 1 : 0
          counted.people = 1
        }
        const { session_id: _, ...tally } = (await doorStatus(at)).sessions[0]
        expect(tally, `${type} at call ${call}`).toEqual(counted)
      }
    }
    const all = await at.ask('GET', '/checkins?limit=1')
    expect(all.body.record_number).toBe(counted.entries * 2 + counted.denied)
    expect(counted.entries).toBeGreaterThan(5)
  },
)

test('leaves nothing of a scan whose session or person goes in the same moment', async () => {
  const at = await freshEvent()
  const [one = '', two = ''] = await crowd(at, 2)
  const { session_id: session } = await makeSession(at)
  // What the deletion leaves to the jobs that are due is done as well before the scan is written.
  const whole = async (path: string) => {
    await at.ask('DELETE', path)
    await runJobs(Date.now() + 10_000)
  }
  rightBefore('#JL#', () => whole(`/sessions/resources/${session}`))
  await scan(at, { person: one, session, nonce: 'a' })
  rightBefore('#JL#', () => whole(`/people/resources/${two}?erase=true`))
  await scan(at, { person: two, nonce: 'b' })
  await runAllJobs()
  const rows = async (id: string) =>
    (await rowsMentioning(id)).filter(({ pk }) => /#J/.test(`${pk}`))
  expect([await rows(session), await rows(two)]).toEqual([[], []])
  expect((await at.ask('GET', '/checkins')).body.record_number).toBe(0)
  expect((await doorStatus(at)).event).toEqual(none)
})

type Sent = { person: string; session?: string; type: string; at: number; nonce: string }

test('makes of 500 scans of four devices that were offline what a calculation by hand makes of them', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 30)
  const { session_id: session } = await makeSession(at, { session_date: '2020-01-01' })
  const start = Math.floor(Date.now() / 1_000) * 1_000 - 180 * minute
  const numbers = fc.sample(fc.nat({ max: 9_999 }), { numRuns: 3_000, seed: 4 })
  const draw = () => numbers.pop() ?? 0
  const scans = [...Array(500).keys()].map(
    (n): Sent => ({
      person: people[draw() % people.length] ?? '',
      ...(draw() % 3 === 0 && { session }),
      // Devices contradict each other: what they saw is drawn, not lived.
      type: draw() % 2 ? 'entry' : 'exit',
      at: start + draw() * 1_000 + n,
      nonce: `${n}`,
    }),
  )
  const sent = [...scans, ...scans.filter(() => draw() % 5 === 0)]
  const devices = [0, 1, 2, 3].map((device) =>
    sent
      .filter((_, n) => n % 4 === device)
      .map((one) => ({ one, key: draw() }))
      .sort((a, b) => a.key - b.key)
      .map(({ one: { at: time, ...rest } }) => ({
        ...rest,
        scanned_at: new Date(time).toISOString(),
        device: `door-${device}`,
      })),
  )
  const answers = await Promise.all(
    devices.map((rows) => at.ask('POST', '/checkins/batch', { rows })),
  )
  const total = (what: string) => answers.reduce((sum, { body }) => sum + body[what], 0)
  expect([total('created'), total('unchanged'), total('failed')]).toEqual([
    500,
    sent.length - 500,
    0,
  ])
  // Of a session that is over nobody is inside until now; at the entrance they are.
  await compare(at, { scans: scans.filter((one) => one.session), query: `?session=${session}` })
  await compare(at, { scans: scans.filter((one) => !one.session), query: '' })
}, 120_000)

/** Compares attendance with what scans come to when they are gone through by hand, second by second. */
async function compare(at: EventClient, { scans, query }: { scans: Sent[]; query: string }) {
  const asked = Date.now()
  const { body } = await at.ask('GET', `/checkins/attendance${query}${query ? '&' : '?'}limit=1000`)
  const answered = Date.now()
  const rows = new Map<string, { seconds: number; last_out: string | null }>(
    body.attendance_list.map((row: { person_id: string }) => [row.person_id, row]),
  )
  const byPerson = Map.groupBy(scans, ({ person }) => person)
  for (const [person, own] of byPerson) {
    let [millis, since, entries] = [0, 0, 0]
    for (const { type, at: when } of own.toSorted((a, b) => a.at - b.at)) {
      if (type === 'entry') {
        entries += 1
        since ||= when
      } else if (since) {
        millis += when - since
        since = 0
      }
    }
    const row = rows.get(person)
    if (entries === 0) {
      expect(row).toBeUndefined()
      continue
    }
    const open = (until: number) => (since && query === '' ? until - since : 0)
    const seconds = (until: number) => Math.floor((millis + open(until)) / 1_000)
    expect(row?.seconds).toBeGreaterThanOrEqual(seconds(asked))
    expect(row?.seconds).toBeLessThanOrEqual(seconds(answered))
    expect(row?.last_out === null).toBe(since > 0)
  }
}
