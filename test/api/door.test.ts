import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { changesIn } from '#test/support/changes.ts'
import { badgeOf, doorStatus, outcome, type Scanned, scan, scanner } from '#test/support/door.ts'
import { freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { liveSchedule, logged } from '#test/support/schedules.ts'
import { attendeesOf, crowd, makeSession } from '#test/support/sessions.ts'

beforeAll(followChanges)

const minute = 60_000
const ago = (minutes: number) => new Date(Date.now() - minutes * minute).toISOString()

test('lets a badge in once and out once, and keeps what it denied', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  const code = await badgeOf(at, person)
  const first = await scan(at, { code })
  expect(first).toMatchObject({
    status: 'ok',
    reason: null,
    inside: true,
    session_id: null,
    type: 'entry',
    person: { person_id: person, first_name: 'Ada', last_name: 'Byron', company: '', title: '' },
  })
  expect(Object.keys(first.person ?? {})).toHaveLength(6)
  const rest = [
    { code },
    { person },
    { code: code.toLowerCase(), type: 'exit' },
    { code, type: 'exit' },
  ]
  const outcomes: string[] = []
  for (const one of rest) outcomes.push(outcome(await scan(at, one)))
  expect(outcomes).toEqual(['already_inside', 'already_inside', 'ok', 'not_inside'])
  expect((await doorStatus(at)).event).toEqual({ inside: 0, entries: 1, people: 1, denied: 3 })
  expect(outcome(await scan(at, { code: 'NOBODY' }))).toBe('unknown_code')
  expect((await doorStatus(at)).event.denied).toBe(4)
  expect(outcome(await scan(at, { person: 'per_aaaaaaaaaaaaaaaaaaaaaaaaaa' }))).toBe('unknown_code')
  const list = (await at.ask('GET', '/checkins')).body
  expect(list.record_number).toBe(7)
  const mine = (await at.ask('GET', `/checkins?person=${person}&limit=2`)).body
  expect([mine.record_number, mine.checkin_list.length]).toEqual([5, 2])
  const next = await at.ask('GET', `/checkins?person=${person}&limit=3&cursor=${mine.next_cursor}`)
  expect(next.body.checkin_list.map(({ status }: Scanned) => status)).toEqual([
    'denied',
    'ok',
    'denied',
  ])
  const later = new Date(Date.now() + minute).toISOString()
  expect((await at.ask('GET', `/checkins?from=${later}`)).body.record_number).toBe(0)
  await drainFeed()
  const told = (await changesIn(at)).filter(({ object }) => object === 'checkin')
  expect(told.map(({ type }) => type)).toEqual([
    'checkin.entered',
    ...['denied', 'denied'].map((one) => `checkin.${one}`),
    'checkin.left',
    ...['denied', 'denied', 'denied'].map((one) => `checkin.${one}`),
  ])
  expect(told[0]?.note).toEqual({ person_id: person })
})

test('takes the same nonce for the same scan, whatever comes with it, also at the same moment', async () => {
  const at = await freshEvent()
  const [a = '', b = ''] = await crowd(at, 2)
  const first = await scan(at, { person: a, nonce: 'n1' })
  expect(await scan(at, { person: a, nonce: 'n1' })).toEqual(first)
  expect(await scan(at, { person: b, nonce: 'n1', type: 'exit' })).toEqual(first)
  const many = await Promise.all([...Array(8)].map(() => scan(at, { person: b, nonce: 'n2' })))
  expect(new Set(many.map(({ checkin_id }) => checkin_id)).size).toBe(1)
  expect((await doorStatus(at)).event).toEqual({ inside: 2, entries: 2, people: 2, denied: 0 })
})

test('lets one of two doors let a badge in that both see in the same moment', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 4)
  for (const person of people) {
    const both = await Promise.all([...Array(4)].map(() => scan(at, { person })))
    expect(both.map(outcome).toSorted()).toEqual([...Array(3).fill('already_inside'), 'ok'])
  }
  expect((await doorStatus(at)).event).toMatchObject({ inside: 4, entries: 4, people: 4 })
})

test('knows tickets, seats, blocked badges and sessions that do not take place', async () => {
  const at = await freshEvent()
  const [a = '', b = '', c = ''] = await crowd(at, 3)
  const open = (await makeSession(at)).session_id
  const small = (await makeSession(at, { capacity: 1 })).session_id
  expect(outcome(await scan(at, { person: a, session: open }))).toBe('ok')
  expect(outcome(await scan(at, { person: b, session: small }))).toBe('not_attending')
  await at.ask('POST', `${attendeesOf(small)}/${a}`)
  expect(outcome(await scan(at, { person: b, session: small }))).toBe('session_full')
  expect(outcome(await scan(at, { person: a, session: small }))).toBe('ok')
  const ticket = async (session_access: unknown) =>
    (
      await at.ask('POST', '/ticket_types', {
        ticket_type: { name: `T${Math.random()}`, session_access },
      })
    ).body.ticket_type_id
  const narrow = await ticket([open])
  expect(outcome(await scan(at, { person: b }))).toBe('no_ticket')
  await at.ask('PUT', `/people/resources/${b}/ticket`, { ticket: { ticket_type_id: narrow } })
  expect(outcome(await scan(at, { person: b }))).toBe('ok')
  expect(outcome(await scan(at, { person: b, session: small }))).toBe('ticket_does_not_cover')
  expect(outcome(await scan(at, { person: b, session: open }))).toBe('ok')
  const wide = await ticket('all')
  await at.ask('PUT', `/people/resources/${c}/ticket`, { ticket: { ticket_type_id: wide } })
  const code = await badgeOf(at, c)
  expect((await at.ask('DELETE', `/people/resources/${c}/badge`)).status).toBe(200)
  expect(outcome(await scan(at, { code }))).toBe('blocked')
  expect(outcome(await scan(at, { person: c }))).toBe('blocked')
  expect((await at.ask('GET', `/people/resources/${c}/badge.svg`)).error).toBe('badge_not_found')
  const renewed = await badgeOf(at, c)
  expect(outcome(await scan(at, { code }))).toBe('unknown_code')
  expect(outcome(await scan(at, { code: renewed }))).toBe('ok')
  await at.ask('PATCH', `/sessions/resources/${open}`, { session: { session_status: 'CANCELLED' } })
  expect(outcome(await scan(at, { person: c, session: open }))).toBe('wrong_time')
  expect(outcome(await scan(at, { person: b, session: open, type: 'exit' }))).toBe('ok')
  const future = new Date(Date.now() + 10 * minute).toISOString()
  expect(outcome(await scan(at, { person: b, scanned_at: future, type: 'exit' }))).toBe(
    'wrong_time',
  )
  const forced = await scan(at, { person: c, session: small, force: true })
  expect([outcome(forced), forced.forced]).toEqual(['ok', true])
  expect(
    (await at.ask('POST', '/checkins', { checkin: { person: a, code } })).body.errors[0].field,
  ).toBe('checkin.code')
  expect((await at.ask('POST', '/checkins', { checkin: {} })).error).toBe('invalid_body')
  const nowhere = { person: a, session: 'ses_aaaaaaaaaaaaaaaaaaaaaaaaaa' }
  expect((await at.ask('POST', '/checkins', { checkin: nowhere })).error).toBe('invalid_reference')
  const picture = await at.ask('GET', `/people/resources/${c}/badge.svg`)
  expect(picture.text).toMatch(/^<svg/)
})

test('comes to the same whatever order scans of an offline device come in, and counts each once', async () => {
  const at = await freshEvent()
  const people = await crowd(at, 5)
  const session = (await makeSession(at, { session_date: '2020-01-01' })).session_id
  const start = Date.now() - 180 * minute
  const random = fc.sample(fc.nat({ max: 10_000 }), { numRuns: 400, seed: 7 })
  const scans = [...Array(100).keys()].map((n) => ({
    person: people[(random[n * 4] ?? 0) % people.length] ?? '',
    type: (random[n * 4 + 1] ?? 0) % 2 ? 'entry' : 'exit',
    scanned_at: new Date(start + (random[n * 4 + 2] ?? 0) * 1_000 + n * 7).toISOString(),
    nonce: `s-${n}`,
    device: `door-${n % 4}`,
  }))
  const rows = [...scans, ...scans.slice(0, 30)]
    .map((one, n) => ({ one, at: ((random[n * 3] ?? 0) * 7919 + n * 104_729) % 1_000 }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
  const halves = [rows.slice(0, 65), rows.slice(65)]
  const answers = await Promise.all(
    halves.map((half) => at.ask('POST', '/checkins/batch', { rows: half })),
  )
  const counts = answers.map(({ body }) => [body.created, body.unchanged, body.failed])
  expect(counts.reduce((sum, [created = 0]) => sum + created, 0)).toBe(100)
  expect(counts.reduce((sum, [, , failed = 0]) => sum + failed, 0)).toBe(0)
  // By hand: in the order of time, an entry opens what the next exit closes.
  const expected = people.flatMap((person) => {
    const own = scans
      .filter((one) => one.person === person)
      .sort((a, b) => (a.scanned_at < b.scanned_at ? -1 : 1))
    let [millis, since, inside, entries] = [0, 0, false, 0]
    for (const { type, scanned_at } of own) {
      const when = Date.parse(scanned_at)
      if (type === 'entry') entries += 1
      if (type === 'entry' && !inside) [since, inside] = [when, true]
      else if (type === 'exit' && inside) [millis, inside] = [millis + when - since, false]
    }
    return entries > 0 ? [{ person, millis, since, inside, entries }] : []
  })
  const asked = Date.now()
  const { body } = await at.ask('GET', '/checkins/attendance')
  for (const row of body.attendance_list) {
    const own = expected.find(({ person }) => person === row.person_id)
    const open = own?.inside ? asked - own.since : 0
    expect(
      Math.abs(row.seconds - Math.floor(((own?.millis ?? 0) + open) / 1_000)),
    ).toBeLessThanOrEqual(own?.inside ? 5 : 0)
    expect(row.last_out === null).toBe(own?.inside)
  }
  expect(body.record_number).toBe(expected.length)
  const { event } = await doorStatus(at)
  expect(event).toMatchObject({
    inside: expected.filter(({ inside }) => inside).length,
    people: expected.length,
    entries: scans.filter(({ type }) => type === 'entry').length,
  })
  const csv = await at.ask('GET', '/checkins/attendance.csv')
  expect(csv.text.trim().split('\r\n')).toHaveLength(expected.length + 1)
  // Of a session that is over, nobody is there until now.
  await scan(at, { person: people[0], session, scanned_at: ago(30) })
  const over = (await at.ask('GET', `/checkins/attendance?session=${session}`)).body
  expect(over.attendance_list[0]).toMatchObject({ seconds: 0, last_out: null })
})

test('tells a scanner six fields of whoever it scans or finds by name, and nothing else', async () => {
  const at = await freshEvent()
  const profile = { first_name: 'Ada', last_name: 'Byron', email_address: 'ada@example.com' }
  const { person_id: person } = await makePerson(at, { profile })
  const [here, there] = [(await makeSession(at)).session_id, (await makeSession(at)).session_id]
  await drainFeed()
  const door = await scanner(at)
  const bound = await scanner(at, { sessions: [here] })
  const found = await door('GET', '/people/resources?q=ada')
  expect(found.body.people_list.map((one: object) => Object.keys(one))).toEqual([
    ['person_id', 'first_name', 'last_name', 'company', 'title', 'picture_url'],
  ])
  expect(found.text).not.toContain('example.com')
  for (const path of ['', '?ids=x', `?q=ada&ids=${person}`, '?q=ada&emails=ada@example.com']) {
    expect((await door('GET', `/people/resources${path}`)).error).toBe('forbidden')
  }
  for (const path of [
    `/people/resources/${person}`,
    `/people/resources/${person}/badge`,
    '/checkins',
    '/checkins/attendance',
    '/sessions/resources',
    '/changes',
    '',
  ]) {
    expect((await door('GET', path)).error, path).toBe('forbidden')
  }
  expect((await door('POST', '/checkins', { checkin: { person } })).body.status).toBe('ok')
  expect((await bound('POST', '/checkins', { checkin: { person } })).error).toBe('forbidden')
  expect((await bound('POST', '/checkins', { checkin: { person, session: there } })).error).toBe(
    'forbidden',
  )
  expect(
    (await bound('POST', '/checkins', { checkin: { person, session: here } })).body.status,
  ).toBe('ok')
  const { sessions } = (await bound('GET', '/checkins/status')).body
  expect(sessions.map(({ session_id }: { session_id: string }) => session_id)).toEqual([here])
  expect((await door('GET', '/checkins/status')).body.sessions).toHaveLength(2)
})

test('forgets a person with all their scans, and the counts follow', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  const session = (await makeSession(at)).session_id
  const code = await badgeOf(at, person)
  await scan(at, { code, nonce: 'x1' })
  await scan(at, { code, session })
  await scan(at, { code })
  const exported = (await at.ask('GET', `/people/resources/${person}/export`)).body
  expect(exported.checkins.map(({ status }: Scanned) => status)).toEqual(['ok', 'ok', 'denied'])
  await at.ask('DELETE', `/people/resources/${person}?erase=true`)
  await runAllJobs()
  const none = { inside: 0, entries: 0, people: 0, denied: 0 }
  const status = await doorStatus(at)
  expect(status).toEqual({ event: none, sessions: [{ session_id: session, ...none }] })
  expect(outcome(await scan(at, { code }))).toBe('unknown_code')
  const left = (await rowsMentioning(person)).filter(({ pk }) => /#J[A-Z]?[#]/.test(`${pk}`))
  expect(left).toEqual([])
  await at.ask('DELETE', '')
  await runAllJobs()
  const rows = (await rowsMentioning(at.id)).filter(({ pk }) => /#J/.test(`${pk}`))
  expect(rows).toEqual([])
})

test('lets nobody in twice whose devices have clocks that differ', async () => {
  const at = await freshEvent()
  const [person = ''] = await crowd(at, 1)
  const ahead = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
  for (const [type, seconds, due] of [
    ['entry', 100, 'ok'],
    ['exit', 120, 'ok'],
    ['entry', 0, 'ok'],
    ['entry', -30, 'already_inside'],
    ['exit', -40, 'ok'],
    ['exit', 0, 'not_inside'],
    ['entry', -50, 'ok'],
    ['entry', 0, 'already_inside'],
  ] as const) {
    const one = await scan(at, { person, type, scanned_at: ahead(seconds) })
    expect(outcome(one), `${type} ${seconds}`).toBe(due)
    if (due === 'ok') expect(one.inside).toBe(type === 'entry')
  }
  expect((await doorStatus(at)).event).toEqual({ inside: 1, entries: 3, people: 1, denied: 3 })
})

test('tells a scanner of one door nothing of a scan at another, whatever the nonce', async () => {
  const at = await freshEvent()
  const { person_id: person } = await makePerson(at)
  const [here, there] = [(await makeSession(at)).session_id, (await makeSession(at)).session_id]
  await scan(at, { person, session: there, nonce: 'door-1-000042' })
  const bound = await scanner(at, { sessions: [here] })
  const guess = { code: 'X', session: here, nonce: 'door-1-000042' }
  const answer = await bound('POST', '/checkins', { checkin: guess })
  expect([answer.error, answer.text.includes('Ada')]).toEqual(['forbidden', false])
})

test('forgets the scans of a session that is deleted, and of an event deleted right behind it', async () => {
  const at = await freshEvent()
  const [person = ''] = await crowd(at, 1)
  const [one, two] = [(await makeSession(at)).session_id, (await makeSession(at)).session_id]
  await scan(at, { person, session: one, nonce: 'n1' })
  await scan(at, { code: 'NOBODY', session: one })
  await scan(at, { person, session: two })
  await scan(at, { person })
  await at.ask('DELETE', `/sessions/resources/${one}`)
  await runAllJobs()
  expect((await at.ask('GET', '/checkins')).body.record_number).toBe(2)
  expect((await rowsMentioning(one)).filter(({ pk }) => /#J/.test(`${pk}`))).toEqual([])
  const again = await scan(at, { person, nonce: 'n1', type: 'exit' })
  expect(outcome(again)).toBe('ok')
  await at.ask('DELETE', `/sessions/resources/${two}`)
  await at.ask('DELETE', '')
  await runAllJobs()
  expect((await rowsMentioning(at.id)).filter(({ pk }) => /#J/.test(`${pk}`))).toEqual([])
})

test('counts what somebody watched and what doors saw of them once', async () => {
  const air = await liveSchedule()
  const profile = { first_name: 'Ada', email_address: 'someone@example.com' }
  const { person_id: person } = await makePerson(air, { profile })
  await logged(air, ago(50), ago(40))
  for (const [type, minutes] of [
    ['entry', 45],
    ['exit', 30],
  ] as const) {
    await scan(air, { person, type, scanned_at: ago(minutes) })
  }
  const { attendance_list: all } = (await air.ask('GET', '/checkins/attendance')).body
  expect(all).toHaveLength(1)
  expect(Math.abs(all[0].seconds - 20 * 60)).toBeLessThanOrEqual(2)
  expect(all[0].intervals).toHaveLength(1)
})
