import { beforeAll, expect, it } from 'vitest'
import { keys } from '#lib/table/keys.ts'
import { transact } from '#lib/table/transact.ts'
import { remove } from '#lib/table/writes.ts'
import { scopeOf } from '#test/support/attendee.ts'
import { expectError } from '#test/support/errors.ts'
import { type EventClient, freshEvent, makePerson } from '#test/support/factories.ts'
import { drainFeed, followChanges } from '#test/support/feed.ts'
import { rowsMentioning } from '#test/support/scan.ts'
import { makeSession, makeTrack } from '#test/support/sessions.ts'

beforeAll(followChanges)

const named = (at: EventClient, first_name: string, last_name = '', more: object = {}) =>
  makePerson(at, { profile: { first_name, last_name, ...more } })

/** First names of whom a query finds, in the order of the answer. */
async function found(at: EventClient, q: string, more = ''): Promise<string[]> {
  await drainFeed()
  const list = await at.ask('GET', `/people/resources?q=${encodeURIComponent(q)}${more}`)
  expect(list.status, list.text).toBe(200)
  expect(list.body.record_number).toBeGreaterThanOrEqual(list.body.people_list.length)
  return list.body.people_list.map(
    ({ profile }: { profile: { first_name: string } }) => profile.first_name,
  )
}

const lastNames = async (at: EventClient, q: string): Promise<string[]> => {
  const { body } = await at.ask('GET', `/people/resources?q=${encodeURIComponent(q)}`)
  return body.people_list.map(
    ({ profile }: { profile: { last_name: string } }) => profile.last_name,
  )
}

it.each([
  ['Müller', 'mull', 'MÜLL', 'müller'],
  ['Łukasz', 'lukasz', 'Łuk', 'LUK'],
  ['Søren', 'soren', 'Sør', 'sor'],
  ['Strauß', 'strauss', 'strauß', 'STRAU'],
  ['Đặng', 'dang', 'đặ', 'DA'],
  ['Αλέξανδρος', 'αλεξ', 'Αλέ', 'ΑΛΕ'],
  ['Юлия', 'юли', 'ЮЛ', 'ю'],
  ['محمد', 'محم', 'مح', 'م'],
  ['דָּוִד', 'דוד', 'דָּו', 'ד'],
  ['सुनीता', 'सुनी', 'सु', 'स'],
  ['林志玲', '林', '林志', '林志玲'],
  ['ひろこ', 'ひろ', 'ひ', 'ひろこ'],
  ['김민준', '김민', '김', '김민준'],
  ['สมชาย', 'สม', 'สมชาย', 'ส'],
  ['Թամար', 'թամ', 'ԹԱ', 'թ'],
  ['თამარ', 'თამ', 'თ', 'თამარ'],
  ['O’Brien', 'obr', "o'b", 'brien'],
  ['Ana-Maria', 'ana-m', 'maria', 'ANA'],
  ['İpek', 'ipek', 'İp', 'IP'],
  ['Þórunn', 'thor', 'þó', 'THO'],
])('finds %s by its beginning, with and without accents', async (name, ...queries) => {
  const at = await freshEvent()
  await named(at, name)
  await named(at, 'Zzz', 'Qqq')
  for (const q of queries) expect(await found(at, q), q).toEqual([name])
})

it('asks every word to begin one of name, company or e-mail address, and gives whole words first', async () => {
  const at = await freshEvent()
  await named(at, 'Ada', 'Byron', {
    company: 'Analytical Engines',
    email_address: 'ada@strom.example',
  })
  await named(at, 'Adam', 'Byrd')
  expect(await found(at, 'ada')).toEqual(['Ada', 'Adam'])
  expect(await found(at, 'by ad')).toHaveLength(2)
  expect(await found(at, 'engin ada')).toEqual(['Ada'])
  expect(await found(at, 'strom')).toEqual(['Ada'])
  expect(await found(at, 'ada@strom.ex')).toEqual(['Ada'])
  expect(await found(at, 'yron')).toEqual([])
  expect(await found(at, ' ?! ')).toEqual([])
  expect(await found(at, 'ada unknown')).toEqual([])
})

it('finds whom two words name, of which one is very common', async () => {
  const at = await freshEvent()
  for (let n = 0; n < 400; n += 100) {
    const rows = [...Array(100).keys()].map((k) => ({
      profile: { first_name: 'Guest', last_name: `No${n + k}`, company: 'Strom' },
    }))
    await at.ask('POST', '/people/resources/batch', { rows })
  }
  await named(at, 'Guest', 'Quixote', { company: 'Strom' })
  await drainFeed()
  for (const q of ['guest no77', 'strom no77', 'no77 guest strom'])
    expect(await lastNames(at, q), q).toEqual(['No77'])
  expect(await lastNames(at, 'guest quix')).toEqual(['Quixote'])
  expect((await at.ask('GET', '/people/resources?q=guest')).body.record_number).toBe(300)
  expect((await at.ask('GET', '/people/resources?q=guest+strom')).body.record_number).toBe(401)
})

it('follows what people are called, and forgets who is gone', async () => {
  const at = await freshEvent()
  const { person_id } = await named(at, 'Canary', 'Zyzzyva')
  expect(await found(at, 'canary')).toEqual(['Canary'])
  const path = `/people/resources/${person_id}`
  await at.ask('PATCH', path, { person: { profile: { first_name: 'Eve' } } })
  expect(await found(at, 'canary')).toEqual([])
  expect(await found(at, 'zyzzyva eve')).toEqual(['Eve'])
  await at.ask('DELETE', `${path}?erase=true`)
  expect(await found(at, 'zyzzyva')).toEqual([])
  expect(await rowsMentioning('zyzzyva')).toEqual([])
})

it('pages, and combines with the other filters', async () => {
  const at = await freshEvent()
  const group = (await at.ask('POST', '/people/groups', { group: { group_name: 'Press' } })).body
  const ids: string[] = []
  for (let n = 0; n < 7; n += 1) {
    const assign_groups = n % 2 === 0 ? [group.group_id] : []
    const made = await makePerson(at, { profile: { first_name: `Ada${n}` }, assign_groups })
    ids.push(made.person_id)
  }
  expect(await found(at, 'ada', '&groups=Press')).toHaveLength(4)
  expect(await found(at, 'ada', `&ids=${ids[0]},${ids[1]}&groups=Press`)).toEqual(['Ada0'])
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await at.ask('GET', `/people/resources?q=ada&limit=3${cursor}`)
    expect(page.body.record_number).toBe(7)
    seen.push(...page.body.people_list.map((one: { person_id: string }) => one.person_id))
    cursor = page.body.next_cursor ? `&cursor=${page.body.next_cursor}` : ''
  } while (cursor)
  expect(seen.toSorted()).toEqual(ids.toSorted())
  expect(await found(at, 'ada', '&offset=5')).toHaveLength(2)
})

it('finds people of an event that is older than its words', async () => {
  const at = await freshEvent()
  await named(at, 'Ada', 'Byron')
  await drainFeed()
  const scope = await scopeOf(at)
  const words = ['ada', 'byron']
  const [{ person_id }] = (await at.ask('GET', '/people/resources')).body.people_list
  await transact(scope, [
    remove(keys.wordsComplete(scope)),
    ...words.map((word) => remove(keys.word(scope, word, person_id))),
  ])
  expect(await found(at, 'byr')).toEqual(['Ada'])
})

it('refuses a query that is longer than any name', async () => {
  const at = await freshEvent()
  const long = await at.ask('GET', `/people/resources?q=${'a'.repeat(201)}`)
  expectError(long, 'invalid_query', 'q')
})

it('finds sessions by their name, their speakers and their tracks', async () => {
  const at = await freshEvent()
  const ada = await named(at, 'Ada', 'Müller')
  const track = await makeTrack(at, 'Sécurité')
  const keynote = await makeSession(at, { session_name: 'Keynote', speakers: [ada.person_id] })
  const closing = await makeSession(at, {
    session_name: 'Closing keynotes',
    session_date: '2027-05-05',
    session_tracks: [track.track_id],
  })
  const ask = async (q: string) => {
    const list = await at.ask('GET', `/sessions/resources?q=${encodeURIComponent(q)}`)
    expect(list.status, list.text).toBe(200)
    return list.body.session_list.map((one: { session_id: string }) => one.session_id)
  }
  expect(await ask('keynote')).toEqual([keynote.session_id, closing.session_id])
  expect(await ask('mull')).toEqual([keynote.session_id])
  expect(await ask('secu clos')).toEqual([closing.session_id])
  expect(await ask('keynote&date=2027-05-05'.split('&')[0] ?? '')).toHaveLength(2)
  const dated = await at.ask('GET', '/sessions/resources?q=keynote&date=2027-05-05')
  expect(dated.body.session_list).toHaveLength(1)
  expect(await ask('nothing')).toEqual([])
})
