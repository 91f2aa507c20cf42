import { expect, test } from 'vitest'
import { setLogSink } from '#lib/base/log.ts'
import { runJobs } from '#lib/store/jobs/runner.ts'
import { keys } from '#lib/table/keys.ts'
import { queryRows } from '#lib/table/query.ts'
import { transact } from '#lib/table/transact.ts'
import { put } from '#lib/table/writes.ts'
import { expectConsistent } from '#test/support/consistent.ts'
import { crashAfter, restart } from '#test/support/crashes.ts'
import { expectError } from '#test/support/errors.ts'
import { freshEvent, makeGroup, makePerson, runAllJobs } from '#test/support/factories.ts'
import { formerEvent } from '#test/support/former.ts'
import { ripen } from '#test/support/jobs.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

const timeless = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, one) => (key === 'request_datetime' ? undefined : one)))

/** An event in which everything has been done that its version left behind. */
async function upgraded() {
  const former = await formerEvent()
  await runAllJobs()
  return former
}

let first: ReturnType<typeof upgraded> | undefined
/** The same for tests that only look: to take over so much takes its time. */
const upgradedOnce = () => {
  first ??= upgraded()
  return first
}

setLogSink(() => undefined)

test('answers every list of an event of the version before as that version did', async () => {
  const { ask, answers } = await formerEvent()
  for (const [path, body] of Object.entries(answers)) {
    const now = await ask('GET', path)
    // Answers have grown since, by fields that were not there.
    expect({ path, body: timeless(now.body) }).toMatchObject({ path, body: timeless(body) })
  }
})

test('answers people of the version before with their profiles, meetings and connections', async () => {
  const { asAda, mine } = await formerEvent()
  for (const [path, body] of Object.entries(mine)) {
    const now = await asAda('GET', path)
    // Answers have grown since, by fields that were not there.
    expect({ path, body: timeless(now.body) }).toMatchObject({ path, body: timeless(body) })
  }
})

test('takes over all work that the version before left behind', async () => {
  const { at } = await upgradedOnce()
  const until = { deadline: Date.now() + 20_000 }
  expect(await queryRows(until, { pk: keys.queue() })).toEqual([])
  expect(await queryRows(until, { pk: keys.allSetAside() })).toEqual([])
  await expectConsistent(at)
})

test('takes over all work whenever its runner is killed', async () => {
  const { at } = await formerEvent()
  for (let writes = 1; writes < 8; writes += 1) {
    crashAfter(writes % 7)
    await runJobs(Date.now() + 20_000).catch(() => undefined)
    restart()
    await ripen()
  }
  await runAllJobs()
  await expectConsistent(at)
})

test.each(['big', 'goneTrack', 'goneSession', 'field2', 'victim', 'bob', 'doomed'])(
  'leaves nothing of what the version before deleted: %s',
  async (name) => {
    const { ids, org } = await upgradedOnce()
    const rows = await rowsMentioning(ids[name] ?? '')
    expect(rows.filter(({ pk }) => pk.startsWith(org))).toEqual([])
  },
)

test('removes what the version before was making and nobody has seen', async () => {
  const { ask, org } = await upgradedOnce()
  for (const text of ['"Never"', 'never@up.example']) {
    const rows = await rowsMentioning(text)
    expect(rows.filter(({ pk }) => pk.startsWith(org))).toEqual([])
  }
  expect((await ask('GET', '/sessions')).body.session_number).toBe(15)
})

test('finishes a large change of a person that had begun', async () => {
  const { ask, ids } = await upgradedOnce()
  const { body } = await ask('GET', `/people/resources/${ids.changed}`)
  expect(body.groups).toHaveLength(ids.groups.length)
  expect(body.profile.company ?? body.profile.company_name).toBe('New')
  const seats = body.agenda.sessions.map(({ session_id }: { session_id: string }) => session_id)
  // The other one is full.
  expect(seats).toEqual([ids.sessions[1]])
})

test('does not finish a change over what somebody has written since', async () => {
  const { ask, ids } = await upgradedOnce()
  expect((await ask('GET', `/people/resources/${ids.later}`)).body.groups).toEqual([])
})

test('does not finish a change over what somebody writes after the upgrade', async () => {
  const { ask, ids } = await formerEvent()
  const path = `/people/resources/${ids.changed}`
  const fewer = { person: { assign_groups: ids.groups.slice(0, 1) } }
  expect((await ask('PATCH', path, fewer)).status).toBe(200)
  await runAllJobs()
  expect((await ask('GET', path)).body.groups).toHaveLength(1)
})

test('finishes a large change of a session that had begun, in its order', async () => {
  const { ask, ids } = await upgradedOnce()
  const { body } = await ask('GET', `/sessions/resources/${ids.settled}`)
  expect(body.session_roles[0].people_list).toEqual(ids.people.slice(5, 115))
  expect(body.session_tracks).toEqual([ids.tracks[1], ids.tracks[0]])
})

test('sets work aside that nobody knows, with a line in the log', async () => {
  const at = await freshEvent()
  const lines: string[] = []
  setLogSink((line) => lines.push(line))
  const sk = `${new Date(0).toISOString()}#11111111-2222-3333-4444-${at.id.slice(-12)}`
  const row = { kind: 'do-something', org: 'org', event: at.id, notBefore: 0, work: { of: 1 } }
  await transact({ org: '', deadline: Date.now() + 9_000 }, [put({ pk: 'Z', sk, ...row })])
  await runAllJobs()
  setLogSink(() => undefined)
  const job = sk.slice(sk.indexOf('#') + 1)
  expect(lines.filter((line) => line.includes('job set aside') && line.includes(job))).toHaveLength(
    1,
  )
  const aside = await queryRows({ deadline: Date.now() + 9_000 }, { pk: keys.allSetAside() })
  expect(aside).toMatchObject([{ job, kind: 'do-something' }])
})

test('makes everything anew in an event of the version before', async () => {
  const { at, ask, ids } = await upgraded()
  const ada = await makePerson(at, {
    profile: { first_name: 'New', email_address: 'n@up.example' },
  })
  await makeGroup(at, 'New', { group_members: [{ member_id: ada.person_id }] })
  const track = await makeTrack(at, 'New')
  await makeSession(at, { session_tracks: [track.track_id], speakers: [ada.person_id] })
  await makeSession(at, { session_date: '2027-05-06', speakers: [ada.person_id] })
  for (const of of ['people', 'sessions']) {
    const made = await ask('POST', `/${of}/custom_fields`, { custom_field: { field_name: 'New' } })
    expect(made.status).toBe(200)
  }
  const type = await ask('POST', '/ticket_types', { name: 'New', session_access: 'all' })
  expect(type.status).toBe(200)
  const own = await ask('POST', '/event_schedules', { starts_at: '2027-05-04T09:00:00.000+02:00' })
  expect(own.status).toBe(200)
  expect((await ask('POST', '/groups', { name: 'New' })).status).toBe(200)
  const invited = await ask('POST', `/groups/${ids.accessKey}`, { email: 'new@up.example' })
  expect(invited.status).toBe(200)
  const { body } = await ask('GET', '/sessions')
  expect(body).toMatchObject({ session_number: 17, track_number: 3 })
  await expectConsistent(at)
})

test('refuses names that people of the version before have', async () => {
  const { ask } = await formerEvent()
  const person = { profile: { first_name: 'P', email_address: 'p7@up.example' } }
  const made = await ask('POST', '/people/resources', { person })
  expectError(made, 'duplicate_email')
})

test('counts the fields of the version before against their limit', async () => {
  const { ask } = await formerEvent()
  const make = () => ask('POST', '/people/custom_fields', { custom_field: { field_name: 'N' } })
  for (let n = 0; n < 199; n += 1) expect((await make()).status).toBe(200)
  expectError(await make(), 'too_many_objects')
})

test('changes and deletes what the version before has made', async () => {
  const { at, ask, ids } = await upgraded()
  const good = async (method: string, path: string, body?: unknown) => {
    const answer = await ask(method, path, body)
    expect(answer.status, `${method} ${path} ${answer.text}`).toBe(200)
  }
  const [first = '', second = ''] = ids.sessions
  const moved = { session_date: '2027-05-05', capacity: null, speakers: ids.people.slice(80) }
  await good('PATCH', `/sessions/resources/${second}`, { session: moved })
  await good('DELETE', `/sessions/resources/${first}`)
  for (const person of ids.people.slice(0, 3)) await good('DELETE', `/people/resources/${person}`)
  await good('PATCH', `/people/resources/${ids.people[4]}`, {
    person: { profile: { email_address: 'moved@up.example' }, external_ids: [] },
  })
  await good('PATCH', `/people/groups/${ids.groups[0]}`, { group: { group_name: 'Other' } })
  await good('DELETE', `/people/groups/${ids.groups[1]}`)
  await good('DELETE', `/sessions/tracks/${ids.tracks[0]}`)
  await good('DELETE', `/people/custom_fields/${ids.field}`)
  await good('DELETE', `/ticket_types/${ids.types[2]}`)
  await runAllJobs()
  await expectConsistent(at)
})

test('leaves nothing of an event of the version before that is deleted now', async () => {
  const { ask, ids, org } = await formerEvent()
  expect((await ask('DELETE', '')).status).toBe(200)
  await runAllJobs()
  const left = await rowsMentioning(ids.event ?? '')
  expect(left.filter(({ pk }) => pk.startsWith(org))).toEqual([])
})
