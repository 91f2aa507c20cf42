import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import '#functions/exporter.ts'
import { type EventClient, freshEvent, makeGroup, makePerson } from '#test/support/factories.ts'
import { invite, liveSchedule } from '#test/support/schedules.ts'
import { served } from '#test/support/served.ts'
import { makeSession } from '#test/support/sessions.ts'

const recipes = resolve('docs/recipes')
let url = ''
let stop = async () => {}
beforeAll(async () => {
  ;({ url, stop } = await served())
})
afterAll(() => stop())

/** Runs the commands of a recipe in a copy of its files; gives what they said. */
async function cook(name: string, at: { token: string }, variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'plenary-recipe-'))
  cpSync(join(recipes, 'files'), folder, { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const bin = join(folder, 'bin')
  cpSync(join(recipes, 'files'), bin, { recursive: true })
  const cli = resolve('client/src/cli.ts')
  writeFileSync(join(bin, 'plenary'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`)
  writeFileSync(join(bin, 'node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`)
  for (const one of ['plenary', 'node']) chmodSync(join(bin, one), 0o755)
  const text = readFileSync(join(recipes, `${name}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block)
  expect(blocks).toHaveLength(1)
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    PLENARY_URL: `${url}/api/v2`,
    PLENARY_TOKEN: at.token,
    ...variables,
  }
  const command = `set -eu\n${blocks.join('\n')}`
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder, env })
  return stdout
}

const people = async ({ ask }: EventClient) =>
  (await ask('GET', '/people/resources?limit=1000')).body.people_list
const sessions = async ({ ask }: EventClient) =>
  (await ask('GET', '/sessions/resources?limit=1000')).body.session_list
const nothingNew = /created 0, updated 0, unchanged \d+, refused 0/

test('a spreadsheet comes with its umlauts, its line breaks and its leading zeros', async () => {
  const at = await freshEvent()
  const said = await cook('spreadsheet', at, { EVENT: at.id })
  expect(said).toContain('would be created 3, updated 0, unchanged 0, refused 0')
  expect(said).toContain('\ncreated 3, updated 0, unchanged 0, refused 0')
  const all = await people(at)
  const byNumber = (id: string) =>
    all.find((one: { external_ids: { id: string }[] }) =>
      one.external_ids.some((it) => it.id === id),
    )
  expect(byNumber('1001').profile).toMatchObject({
    first_name: 'Jürgen',
    company: 'Müller & Söhne',
    about: 'Kommt mit dem Zug.\nBraucht "ruhigen" Platz; vegetarisch',
  })
  expect(byNumber('1002').profile).toMatchObject({ last_name: 'Ångström', company: '=Summe' })
  expect(byNumber('0042').profile).toMatchObject({ last_name: 'Żółć', company: 'Dom; Ogród' })
  expect(await cook('spreadsheet', at, { EVENT: at.id })).toMatch(nothingNew)
})

test('a programme of pretalx comes with its speakers and tracks, beyond midnight too', async () => {
  const at = await freshEvent()
  const said = await cook('pretalx', at, { EVENT: at.id })
  expect(said.match(/created 2, updated 0, unchanged 0, refused 0/g)).toHaveLength(3)
  const [opening, late] = await sessions(at)
  const tracks = (await at.ask('GET', '/sessions/tracks')).body
  const research = tracks.find((one: { track_name: string }) => one.track_name === 'Research')
  expect(opening).toMatchObject({
    session_name: 'Opening <keynote>',
    session_start_time: '09-00',
    session_end_time: '10-30',
    location: 'Große Halle',
    session_tracks: [research.track_id],
    external_links: [{ link_name: 'Slides', link_url: 'https://example.com/slides' }],
  })
  expect(late).toMatchObject({
    session_date: '2027-05-04',
    session_end_date: '2027-05-05',
    session_end_time: '00-30',
    session_language: 'de',
  })
  expect(late.session_roles[0].people_list).toHaveLength(2)
  const again = await cook('pretalx', at, { EVENT: at.id })
  expect(again.match(/created 0, updated 0, unchanged 2, refused 0/g)).toHaveLength(3)
})

test('a programme of Sessionize comes without what has no time yet', async () => {
  const at = await freshEvent()
  await cook('sessionize', at, { EVENT: at.id })
  const [talk, lunch, ...others] = await sessions(at)
  expect(others).toEqual([])
  expect([talk.session_name, lunch.session_name]).toEqual(['Engines that think', 'Lunch'])
  const [ada] = await people(at)
  expect(ada.profile).toMatchObject({
    first_name: 'Ada',
    title: 'Countess',
    social_contacts: { linkedin_url: 'https://www.linkedin.com/in/ada' },
  })
  expect(talk.session_roles).toMatchObject([{ people_list: [ada.person_id] }])
  expect(talk.session_tracks).toHaveLength(1)
  expect(talk.location).toBe('Main stage')
  const again = await cook('sessionize', at, { EVENT: at.id })
  expect(again.match(/created 0, updated 0, unchanged \d, refused 0/g)).toHaveLength(3)
})

test('attendees come by the UUIDs of their tickets, and get their seats', async () => {
  const at = await freshEvent()
  await makeSession(at, { external_ids: [{ id_system: 'shop', id: 'workshop' }], capacity: 20 })
  await cook('ticketing', at, { EVENT: at.id })
  const [workshop] = await sessions(at)
  const listed = await at.ask('GET', `/sessions/resources/${workshop.session_id}/attendees`)
  expect(
    listed.body.attendee_list.map((one: { first_name: string }) => one.first_name).sort(),
  ).toEqual(['Ada', 'Alan'])
  const ticket = '1D0E5B5A-7C3B-4D3E-9F51-0A6B7C8D9E0F'
  const ada = await at.ask('GET', `/people/resources/${ticket}`, undefined, {
    ext_id_system: 'shop',
  })
  expect(ada.body.profile.email_address).toBe('ada@example.com')
  expect(await cook('ticketing', at, { EVENT: at.id })).toMatch(nothingNew)
})

test('an event of ours comes into another one', async () => {
  const at = await freshEvent()
  await makePerson(at, {
    external_ids: [{ id_system: 'crm', id: '1' }],
    profile: { first_name: 'Ada', email_address: 'ada@example.com' },
  })
  const [ada] = await people(at)
  await makeSession(at, {
    external_ids: [{ id_system: 'cfp', id: '17' }],
    speakers: [ada.person_id],
  })
  const event = { name: 'Other', event_dates: at.event.event_dates }
  const made = await fetch(`${url}/api/v2/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${at.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event }),
  })
  const { id: other } = (await made.json()) as { id: string }
  const said = await cook('another-event', at, { EVENT: at.id, OTHER: other })
  expect(said.match(/created 1, updated 0, unchanged 0, refused 0/g)).toHaveLength(2)
  const again = await cook('another-event', at, { EVENT: at.id, OTHER: other })
  expect(again.match(/created 0, updated 0, unchanged 1, refused 0/g)).toHaveLength(2)
})

test('members come into a group by their addresses, and who is not there is named', async () => {
  const at = await freshEvent()
  await makeGroup(at, 'Crew')
  for (const name of ['ada', 'grace'])
    await makePerson(at, { profile: { first_name: name, email_address: `${name}@example.com` } })
  const said = await cook('crew', at, { EVENT: at.id })
  expect(said).toContain('created 2, updated 0, unchanged 0, refused 1')
  expect(said).toMatch(/nobody@example\.com,.+/)
  const listed = await at.ask('GET', '/people/resources?groups=Crew')
  expect(listed.body.record_number).toBe(2)
})

test('what people watched becomes usage logs, once however often it is sent', async () => {
  const live = await liveSchedule()
  for (const name of ['ada', 'grace']) await invite(live, `${name}@example.com`)
  const variables = { SCHEDULE: String(live.schedule.id) }
  for (const _ of [1, 2])
    expect(await cook('watched', live, variables)).toBe('taken 2, refused 1\n')
  const listed = await live.at(`${live.schedule.id}/logs`)
  expect(listed.body.map((one: { user_email: string }) => one.user_email)).toEqual([
    'ada@example.com',
    'grace@example.com',
  ])
})

test('every recipe is in the list of them, and tried here', () => {
  const tried = readFileSync(import.meta.filename, 'utf8')
  const list = readFileSync(join(recipes, 'README.md'), 'utf8')
  const names = readdirSync(recipes).filter((name) => /^[a-z-]+\.md$/.test(name))
  expect(names).toHaveLength(7)
  for (const name of names) {
    expect(list).toContain(`(${name})`)
    expect(tried).toContain(`cook('${name.replace('.md', '')}'`)
  }
})
