import { parse } from 'csv-parse/sync'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { limits } from '#lib/base/limits.ts'
import { setClock } from '#lib/base/time.ts'
import { piecesOf } from '#lib/http/exporting/text.ts'
import { exportsEnd } from '#lib/http/exporting/turns.ts'
import { eventAt } from '#lib/store/read/stored-event.ts'
import { listBlobs } from '#lib/table/blobs.ts'
import { s3Client } from '#lib/table/s3.ts'
import { makeAttendee } from '#test/support/attendee.ts'
import { csv as csvHeaders } from '#test/support/batches.ts'
import { call } from '#test/support/call.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { badgeOf, scan, scanner } from '#test/support/door.ts'
import { expectError } from '#test/support/errors.ts'
import {
  type AnExport,
  exportText,
  fileOf,
  linesOf,
  readExport,
  runExports,
  wantExport,
} from '#test/support/exports.ts'
import { type EventClient, freshEvent, makePerson, runAllJobs } from '#test/support/factories.ts'
import { inject, reset, throttled } from '#test/support/faults.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { twoAttendees } from '#test/support/meetings.ts'
import { allRowsMentioning } from '#test/support/scan.ts'
import { liveSchedule, logged } from '#test/support/schedules.ts'
import { makeSession } from '#test/support/sessions.ts'

const endings: (() => unknown)[] = []
beforeAll(followChanges)
afterEach(async () => {
  await exportsEnd()
  for (const end of endings.splice(0).reverse()) await end()
})

const table = (text: string): Record<string, string>[] =>
  parse(text, { bom: true, columns: true, relax_column_count: false })

const keysBelow = async (prefix: string): Promise<string[]> => {
  const pages = await Array.fromAsync(listBlobs(prefix))
  return pages.flat().map(({ key }) => key)
}

/** People with whatever a file could garble. */
const odd = [
  {
    external_ids: [
      { id_system: 'crm', id: '0042' },
      { id_system: 'ERP 2.0', id: 'ü,b;c"d' },
    ],
    profile: {
      first_name: 'Jürgen',
      last_name: '=cmd|calc',
      email_address: 'j@example.com',
      company: "'=A1",
      title: '+49 211',
      about: 'One "line"\nand; another,\r\nend',
      social_contacts: { website_url: 'https://example.com/?a=1,2;3' },
    },
    link_docs: ['a;b', 'c', '[d]'],
  },
  { external_ids: [{ id_system: 'crm', id: '43' }], profile: { last_name: '日本' } },
  { profile: { first_name: '-1', email_address: 'only@example.com' } },
]

async function oddEvent(): Promise<EventClient> {
  const at = await freshEvent()
  for (const name of ['Size', 'Age', 'VIP', 'Diets', '=Sum']) {
    const made = await at.ask('POST', '/people/custom_fields', { field_name: name })
    expect(made.status, made.text).toBe(200)
  }
  return at
}

/** The event's custom fields by name. */
async function fieldIds({ ask }: EventClient): Promise<Record<string, string>> {
  const { body } = await ask('GET', '/people/custom_fields')
  return Object.fromEntries(
    body.map((one: Record<string, string>) => [one.field_name, one.custom_field_id]),
  )
}

/** People without what each event has of its own. */
async function own(at: EventClient): Promise<unknown[]> {
  const ids = Object.entries(await fieldIds(at))
  const { body } = await at.ask('GET', '/people/resources?limit=1000')
  return body.people_list
    .map(({ person_id, timestamps, groups, agenda, favorite_data, ...rest }: AnExport) => ({
      ...rest,
      external_ids: rest.external_ids
        .filter((one: AnExport) => one.id_system !== 'Plenary')
        .sort((a: AnExport, b: AnExport) => (a.id_system < b.id_system ? -1 : 1)),
      custom_fields_meta: Object.fromEntries(
        ids.flatMap(([name, id]) =>
          id in rest.custom_fields_meta ? [[name, rest.custom_fields_meta[id]]] : [],
        ),
      ),
    }))
    .sort((a: AnExport, b: AnExport) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

for (const format of ['csv', 'ndjson'] as const) {
  it(`makes the same people of an export as ${format} in another event, and changes none of its own`, async () => {
    const [at, other] = [await oddEvent(), await oddEvent()]
    const ids = await fieldIds(at)
    const values = { Size: 'L; "x"', Age: 42.5, VIP: true, Diets: ['vegan', 'a;b'], '=Sum': "'-1" }
    const custom_fields_meta = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [ids[name], value]),
    )
    for (const [n, person] of odd.entries())
      await makePerson(at, { ...person, ...(n === 0 && { custom_fields_meta }) })
    await makePerson(at, {
      profile: { first_name: 'Eve', email_address: 'eve@example.com' },
      custom_fields_meta: { [ids.Age ?? '']: 'unknown' },
    })
    const text = await exportText(at, 'people', format)
    const headers = format === 'csv' ? csvHeaders : { 'content-type': 'application/x-ndjson' }
    const into = (event: EventClient) => event.ask('POST', '/people/resources/batch', text, headers)
    const made = await into(other)
    expect(made.body, made.text).toMatchObject({ created: 4, failed: 0 })
    expect(await own(other)).toEqual(await own(at))
    expect((await into(other)).body).toMatchObject({ unchanged: 4 })
    expect((await into(at)).body).toMatchObject({ unchanged: 4 })
  })
}

it('makes the same sessions of an export in another event that has their people, tracks and rooms', async () => {
  const [at, other] = [await freshEvent(), await freshEvent()]
  const rooms = []
  for (const one of [at, other]) {
    await makePerson(one, { profile: { first_name: 'Ada', email_address: 'ada@example.com' } })
    await one.ask('POST', '/sessions/tracks', { track_name: 'Research' })
    await one.ask('POST', '/sessions/custom_fields', { field_name: 'Level' })
    rooms.push((await one.ask('POST', '/rooms', { room_name: 'Großer Saal' })).body.room_id)
  }
  const [ada] = (await at.ask('GET', '/people/resources')).body.people_list
  const [track] = (await at.ask('GET', '/sessions/tracks')).body
  const [level] = (await at.ask('GET', '/sessions/custom_fields')).body
  await makeSession(at, {
    external_ids: [{ id_system: 'cfp', id: '17' }],
    session_description: '<p>Where we <b>stand</b></p>',
    session_tracks: [track.track_id],
    session_roles: [
      { session_role_name: 'Speaker', people_list: [ada.person_id] },
      { session_role_name: 'Moderator', people_list: [ada.person_id] },
    ],
    room_id: rooms[0],
    custom_fields_meta: { [level.custom_field_id]: 3 },
    external_links: [{ link_name: 'Slides', link_url: 'https://example.com/a' }],
    capacity: 40,
    waitlist: true,
  })
  const text = await exportText(at, 'sessions', 'ndjson')
  const into = (event: EventClient) =>
    event.ask('POST', '/sessions/resources/batch', text, {
      'content-type': 'application/x-ndjson',
    })
  const made = await into(other)
  expect(made.body, made.text).toMatchObject({ created: 1, failed: 0 })
  expect((await into(at)).body).toMatchObject({ unchanged: 1 })
  expect((await into(other)).body).toMatchObject({ unchanged: 1 })
  const again = linesOf(await exportText(other, 'sessions', 'ndjson'))
  const bare = ({ session_id, external_ids, timestamps, ...rest }: AnExport) => rest
  expect(again.map(bare)).toEqual(linesOf(text).map(bare))
  const [row] = table(await exportText(at, 'sessions', 'csv'))
  expect(row).toMatchObject({
    session_tracks: 'Research',
    speakers: 'ada@example.com',
    room_id: 'Großer Saal',
    'custom.Level#number': '3',
    'external_ids.cfp': '17',
  })
})

it('exports who has a seat, who was there and for how long', async () => {
  const at = await freshEvent()
  const ada = await makePerson(at, { profile: { first_name: 'Ada', last_name: 'Byron' } })
  const session = await makeSession(at)
  await at.ask('POST', `/sessions/resources/${session.session_id}/attendees/${ada.person_id}`)
  const scanned_at = '2026-05-04T08:00:00Z'
  await scan(at, { person: ada.person_id, scanned_at, force: true })
  await scan(at, {
    person: ada.person_id,
    scanned_at: '2026-05-04T09:00:00Z',
    type: 'exit',
    force: true,
  })
  const rows = linesOf(await exportText(at, 'attendance', 'ndjson'))
  expect(rows).toMatchObject([
    { session_id: null, first_name: 'Ada', attends: false, seconds: 3600 },
    {
      session_id: session.session_id,
      session_name: session.session_name,
      attends: true,
      seconds: null,
    },
  ])
  const cells = table(await exportText(at, 'attendance', 'csv'))
  expect(cells.map(({ seconds, attends }) => [seconds, attends])).toEqual([
    ['3600', 'false'],
    ['', 'true'],
  ])
})

it('exports every scan as the list of scans has it', async () => {
  const at = await freshEvent()
  const ada = await makePerson(at)
  const code = await badgeOf(at, ada.person_id)
  await scan(at, { code })
  await scan(at, { code, session: (await makeSession(at)).session_id })
  await scan(at, { code: 'NOBODYS' })
  const { body } = await at.ask('GET', '/checkins?limit=1000')
  const rows = linesOf(await exportText(at, 'checkins', 'ndjson'))
  const byId = (a: AnExport, b: AnExport) => (a.checkin_id < b.checkin_id ? -1 : 1)
  expect(rows.sort(byId)).toEqual(body.checkin_list.sort(byId))
  const cells = table(await exportText(at, 'checkins', 'csv'))
  expect(cells.map(({ person_id, reason }) => [person_id, reason]).sort()).toEqual([
    ['', 'unknown_code'],
    [ada.person_id, ''],
    [ada.person_id, expect.anything()],
  ])
})

it('exports usage logs as the lists of schedules have them', async () => {
  const live = await liveSchedule()
  await logged(live, '2017-07-10T13:00:00.000Z', '2017-07-10T14:00:00.000Z', {
    ip_address: '1.2.3.4',
  })
  const rows = linesOf(await exportText(live, 'usage_logs', 'ndjson'))
  const list = await live.at(`${live.schedule.guid}/logs`)
  expect(rows).toEqual(list.body)
  const [row] = table(await exportText(live, 'usage_logs', 'csv'))
  expect(row).toMatchObject({ user_email: 'someone@example.com', id: String(rows[0].id) })
})

it('exports each meeting once, with both whose it is, and not who of them declined', async () => {
  const { event, ada, eve, book, request } = await twoAttendees()
  const booked = await book('11:00', '11:30')
  const { body: declined } = await request('14:00', '14:30')
  await eve.ask('PUT', `/people/me/meetings/${declined.id}`, { status: 'DECLINED' })
  const rows = linesOf(await exportText(event, 'meetings', 'ndjson'))
  expect(rows.map(({ id, status }) => [id, status]).sort()).toEqual(
    [
      [booked.id, 'BOOKED'],
      [declined.id, 'DECLINED'],
    ].sort(),
  )
  expect(rows[0]).toMatchObject({ senderUserId: ada.id, receiverUserId: eve.id })
  expect(rows[0]).not.toHaveProperty('rejectedBy')
  const cells = table(await exportText(event, 'meetings', 'csv'))
  expect(cells[0]).toMatchObject({ senderFirstName: 'Ada', receiverFirstName: 'Eve' })
})

it('exports the changes as the feed has them', async () => {
  const at = await freshEvent()
  await makePerson(at)
  await makeSession(at)
  await drainFeed()
  const { body } = await at.ask('GET', '/changes?limit=1000')
  expect(linesOf(await exportText(at, 'changes', 'ndjson'))).toEqual(body.changes_list)
  const cells = table(await exportText(at, 'changes', 'csv'))
  expect(cells.map(({ sequence }) => sequence)).toEqual(
    body.changes_list.map((one: AnExport) => String(one.sequence)),
  )
})

it('exports what is empty as a file without rows', async () => {
  const at = await freshEvent()
  for (const kind of ['people', 'sessions', 'attendance', 'checkins', 'usage_logs', 'meetings']) {
    expect(await exportText(at, kind, 'ndjson'), kind).toBe('')
    const text = await exportText(at, kind, 'csv')
    expect(text.startsWith('\ufeff'), kind).toBe(true)
    expect(table(text), kind).toEqual([])
  }
})

it('tells how far an export is, and gives an address that needs no token and says what it is', async () => {
  const at = await freshEvent()
  await makePerson(at)
  const made = await wantExport(at, { kind: 'people' })
  expect(made).toMatchObject({ status: 'pending', kind: 'people', format: 'csv', url: null })
  expect(made).toMatchObject({ finished: null, size: null, record_number: null, expires: null })
  await runExports()
  const done = await readExport(at, made.export_id)
  expect(done).toMatchObject({ status: 'done', record_number: 1, failure: null })
  expect(Date.parse(done.expires) - Date.parse(done.finished)).toBe(24 * 3_600_000)
  const { text, headers } = await fileOf(done)
  expect(text.startsWith('\ufeffperson_id,')).toBe(true)
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.csv"$/)
  expect(headers.get('cache-control')).toBe('private, no-store')
  const [path] = await keysBelow(`exports/${at.id}/`)
  expect(done.url).toContain(path)
  expect((await at.ask('GET', `/exports/${made.export_id}`)).body.url).toBe(done.url)
})

it('prints ids in the system that the request names, and times as it asks', async () => {
  const at = await freshEvent()
  await makePerson(at, { external_ids: [{ id_system: 'crm', id: '7' }] })
  const made = await call('POST', `/events/${at.id}/exports?timestamp_format=integer`, {
    token: at.token,
    body: { export: { kind: 'people', format: 'ndjson' } },
    headers: { ext_id_system: 'crm' },
  })
  await runExports()
  const { text } = await fileOf(await readExport(at, made.body.export_id))
  const [row] = linesOf(text)
  expect(row.person_id).toBe('7')
  expect(row.timestamps.update_datetime).toBeTypeOf('number')
})

it('lists the exports of a day, the newest first, page by page', async () => {
  const at = await freshEvent()
  let now = Date.now()
  endings.push(setClock(() => now))
  const ids = []
  for (const kind of ['people', 'sessions', 'changes']) {
    now += 1_000
    ids.unshift((await wantExport(at, { kind })).export_id)
  }
  const idsIn = (body: AnExport[]) => body.map(({ export_id }) => export_id)
  expect(idsIn((await at.ask('GET', '/exports')).body)).toEqual(ids)
  const first = await at.ask('GET', '/exports?limit=2')
  expect([idsIn(first.body), first.headers['x-total-count']]).toEqual([ids.slice(0, 2), '3'])
  const cursor = /cursor=([\w-]+)/.exec(first.headers.link ?? '')?.[1]
  const second = await at.ask('GET', `/exports?limit=2&cursor=${cursor}`)
  expect([idsIn(second.body), second.headers.link]).toEqual([ids.slice(2), undefined])
})

it('keeps an export for 24 hours, and not a minute longer', async () => {
  const at = await freshEvent()
  const { export_id } = await wantExport(at, { kind: 'people' })
  await runExports()
  const end = Date.parse((await readExport(at, export_id)).expires)
  let now = end - 1_000
  endings.push(setClock(() => now))
  await runExports()
  expect((await readExport(at, export_id)).status).toBe('done')
  now = end + 1_001
  expectError(await at.ask('GET', `/exports/${export_id}`), 'export_not_found')
  expect((await at.ask('GET', '/exports')).body).toEqual([])
  await runExports()
  expect(await keysBelow(`exports/${at.id}/`)).toEqual([])
  expect(await allRowsMentioning(export_id)).toEqual([])
})

it('takes as many exports of an event as the limit says, and makes room as they go', async () => {
  const at = await freshEvent()
  const most = limits.exports.value
  for (let n = 0; n < most; n += 1) await wantExport(at, { kind: 'changes', format: 'ndjson' })
  expectError(await at.ask('POST', '/exports', { kind: 'people' }), 'too_many_objects')
  for (let left = true; left; ) {
    await runExports()
    const { body } = await at.ask('GET', '/exports?limit=1000')
    left = body.some(({ status }: AnExport) => status !== 'done')
  }
  endings.push(setClock(() => Date.now() + 25 * 3_600_000))
  for (let n = 0; n <= most / 2; n += 1) await runExports()
  await wantExport(at, { kind: 'people' })
})

it('shows exports to organisers alone, and those of another event to nobody', async () => {
  const at = await freshEvent()
  const { export_id } = await wantExport(at, { kind: 'people' })
  const stranger = await freshEvent()
  const door = await scanner(at)
  const ada = await makeAttendee(at)
  const staff = await call('POST', '/tokens', {
    token: at.token,
    body: { role: 'event_staff', name: 'Desk', events: [at.id] },
  })
  for (const [method, path, body] of [
    ['POST', '/exports', { kind: 'people' }],
    ['GET', '/exports'],
    ['GET', `/exports/${export_id}`],
  ] as const) {
    expectError(await door(method, path, body), 'forbidden')
    expectError(await ada.ask(method, path, body), 'forbidden')
    const asked = await call(method, `/events/${at.id}${path}`, { token: staff.body.token, body })
    expectError(asked, 'forbidden')
    const foreign = await call(method, `/events/${at.id}${path}`, { token: stranger.token, body })
    expectError(foreign, 'event_not_found')
  }
  expectError(await stranger.ask('GET', `/exports/${export_id}`), 'export_not_found')
  expectError(await at.ask('GET', '/exports/exp_nothing'), 'export_not_found')
})

it('refuses kinds and formats that there are not, by name', async () => {
  const at = await freshEvent()
  expectError(await at.ask('POST', '/exports', { kind: 'cats' }), 'invalid_body', 'kind')
  const pdf = { export: { kind: 'people', format: 'pdf' } }
  expectError(await at.ask('POST', '/exports', pdf), 'invalid_body', 'export.format')
  expectError(await at.ask('POST', '/exports', { kind: 'people', from: 1 }), 'unknown_field')
})

it('makes one export of a request that is sent twice with its key', async () => {
  const at = await freshEvent()
  const key = { 'idempotency-key': 'once' }
  const first = await wantExport(at, { kind: 'people' }, key)
  expect((await wantExport(at, { kind: 'people' }, key)).export_id).toBe(first.export_id)
  expect((await at.ask('GET', '/exports')).body).toHaveLength(1)
})

/** Holds back the writing of whatever comes next at the first page of people, until `go` is called. */
function held() {
  let go = () => {}
  const reached = Promise.withResolvers<void>()
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const name = `held-${Math.random()}`
  s3Client().middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === 'PutObjectCommand') {
        reached.resolve()
        await gate
      }
      return next(args)
    },
    { step: 'initialize', name },
  )
  endings.push(() => s3Client().middlewareStack.remove(name))
  return { reached: reached.promise, go: () => go() }
}

it('writes an export anew whose writer was killed, and leaves no other file', async () => {
  const at = await freshEvent()
  await makePerson(at)
  let now = Date.now()
  endings.push(
    setClock(() => now),
    restart,
  )
  const { reached, go } = held()
  const { export_id } = await wantExport(at, { kind: 'people', format: 'ndjson' })
  await reached
  expect((await readExport(at, export_id)).status).toBe('running')
  crashAfter(0)
  go()
  await exportsEnd()
  restart()
  await runExports()
  // Whoever has it may still live.
  expect((await readExport(at, export_id)).status).toBe('running')
  now += 60_000
  await runExports()
  const done = await readExport(at, export_id)
  expect(linesOf((await fileOf(done)).text)).toHaveLength(1)
  expect(await keysBelow(`exports/${at.id}/`)).toHaveLength(1)
})

it('tells an export failed whose writer was killed five times, and says what to do', async () => {
  const at = await freshEvent()
  let now = Date.now()
  endings.push(
    setClock(() => now),
    restart,
  )
  const { export_id } = await wantExport(at, { kind: 'people' })
  for (let n = 0; n < 6; n += 1) {
    // One transaction takes it; the next one would note that it is there.
    crashAfter(1)
    await runExports().catch(() => undefined)
    restart()
    now += 60_000
  }
  await runExports()
  const failed = await readExport(at, export_id)
  expect(failed).toMatchObject({ status: 'failed', url: null, record_number: null })
  expect(failed.failure).toContain('five times')
  expect(await keysBelow(`exports/${at.id}/`)).toEqual([])
})

it('takes the file away when somebody who may be in it is erased, from whoever has its address too', async () => {
  const at = await freshEvent()
  const ada = await makePerson(at, { profile: { first_name: 'Zephyrine' } })
  const { export_id } = await wantExport(at, { kind: 'people', format: 'ndjson' })
  await runExports()
  const done = await readExport(at, export_id)
  expect((await fileOf(done)).text).toContain('Zephyrine')
  await at.ask('DELETE', `/people/resources/${ada.person_id}?erase=true`)
  expect((await fetch(done.url)).status).toBe(404)
  const gone = await readExport(at, export_id)
  expect(gone).toMatchObject({ status: 'failed', url: null, size: null })
  expect(gone.failure).toContain('erased')
  expect(await keysBelow(`exports/${at.id}/`)).toEqual([])
})

it('writes an export anew during which somebody is erased, without them', async () => {
  const at = await freshEvent()
  const ada = await makePerson(at, { profile: { first_name: 'Zephyrine' } })
  await makePerson(at, { profile: { first_name: 'Eve' } })
  const { reached, go } = held()
  const { export_id } = await wantExport(at, { kind: 'people', format: 'ndjson' })
  await reached
  await at.ask('DELETE', `/people/resources/${ada.person_id}?erase=true`)
  go()
  await runExports()
  await runExports()
  const rows = linesOf((await fileOf(await readExport(at, export_id))).text)
  expect(rows.map(({ profile }) => profile.first_name)).toEqual(['Eve'])
  expect(await keysBelow(`exports/${at.id}/`)).toHaveLength(1)
})

it('leaves nothing of its exports when an event is deleted, not of one that is being written either', async () => {
  const at = await freshEvent()
  await makePerson(at)
  const first = await wantExport(at, { kind: 'people' })
  await runExports()
  const { url } = await readExport(at, first.export_id)
  const { reached, go } = held()
  const second = await wantExport(at, { kind: 'people' })
  await reached
  await call('DELETE', `/events/${at.id}`, { token: at.token })
  await runAllJobs()
  go()
  await runExports()
  await runExports()
  expect(await keysBelow(`exports/${at.id}/`)).toEqual([])
  expect((await fetch(url)).status).toBe(404)
  for (const { export_id } of [first, second])
    expect(await allRowsMentioning(export_id)).toEqual([])
})

it('begins a table anew when a column appears between its two readings', async () => {
  const at = await freshEvent()
  await makePerson(at, { external_ids: [{ id_system: 'crm', id: '1' }] })
  const me = await call('GET', '/me', { token: at.token })
  const place = { org: me.body.organisation, event: at.id }
  const found = await eventAt(place, Date.now() + 20_000)
  if (!found) throw new Error('it was made')
  const view = { zone: 'UTC', format: 'iso', at: new Date().toISOString() } as const
  const source = { fresh: async () => found.scope, view, event: found.event }
  const pieces = piecesOf({ what: 'people', format: 'csv' }, source)
  expect((await pieces.next()).value).toMatchObject({ rows: 0 })
  await makePerson(at, { external_ids: [{ id_system: 'erp', id: '1' }] })
  await expect(Array.fromAsync(pieces)).rejects.toThrow()
  expect(table(await exportText(at, 'people', 'csv'))).toHaveLength(2)
})

it('goes on through a store that is throttled and drops connections', async () => {
  const at = await freshEvent()
  await makePerson(at)
  const { export_id } = await wantExport(at, { kind: 'meetings', format: 'ndjson' })
  const faults = [
    inject({ command: 'QueryCommand', when: 'before', times: 4, error: throttled }),
    inject({ command: 'TransactWriteItemsCommand', when: 'after', times: 1, error: reset }),
  ]
  endings.push(...faults.map(({ end }) => end))
  await runExports()
  for (let more = 0; more < 5 && (await readExport(at, export_id)).status !== 'done'; more += 1)
    await runExports()
  expect((await readExport(at, export_id)).status).toBe('done')
  expect(await keysBelow(`exports/${at.id}/`)).toHaveLength(1)
})

it('reads on while others write: who was there all the time is there once', async () => {
  const at = await freshEvent()
  const rows = (from: number) =>
    [...Array(600).keys()].map((n) => ({
      external_ids: [{ id_system: 'crm', id: String(from + n) }],
      profile: { first_name: 'Guest' },
    }))
  await at.ask('POST', '/people/resources/batch', { rows: rows(0) })
  const { export_id } = await wantExport(at, { kind: 'people', format: 'ndjson' })
  await Promise.all([
    at.ask('POST', '/people/resources/batch', { rows: rows(1_000) }),
    runExports(),
  ])
  const text = (await fileOf(await readExport(at, export_id))).text
  const ids = linesOf(text).map(({ external_ids }) => Number(external_ids[1].id))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => id < 1_000)).toHaveLength(600)
})
